//! How a function gives its value: at once, or through a future, and of which kind.

use quote::quote;
use syn::{GenericArgument, Path, PathArguments, PathSegment, ReturnType, Signature, Type, TypeParamBound};

/// What the body of a function makes; the types are those that may be written outside a signature.
pub(crate) enum Shape {
    /// The value; no type where none is written.
    Value(Option<Type>),
    /// A value without a type that a closure could return: `-> impl Iterator`.
    Opaque,
    /// Nothing, ever: `-> !`.
    Never,
    /// The value, in an `async fn`.
    Async(Option<Type>),
    /// A future: `-> impl Future<Output = …>`.
    Future { output: Type },
    /// A future in a box: `-> Pin<Box<dyn Future<Output = …>>>`, what `async_trait` makes, `BoxFuture`.
    BoxedFuture { output: Type, returned: Box<Type> },
}

impl Shape {
    pub(crate) fn of(signature: &Signature) -> Self {
        let is_async = signature.asyncness.is_some();
        let ReturnType::Type(_, returned) = &signature.output else {
            return if is_async { Self::Async(None) } else { Self::Value(None) };
        };
        let writable = inferred((**returned).clone());
        if is_async {
            return Self::Async(Some(writable));
        }
        if let Type::Never(_) = unwrapped(returned) {
            return Self::Never;
        }
        if let Type::ImplTrait(opaque) = unwrapped(returned) {
            return output(&opaque.bounds).map_or(Self::Opaque, |output| Self::Future { output: inferred(output) });
        }
        match boxed_output(returned) {
            Some(output) => Self::BoxedFuture { output: inferred(output), returned: Box::new(writable) },
            None => Self::Value(Some(writable)),
        }
    }
}

impl Shape {
    /// Gives the type of the value that a call comes to, where it is written.
    pub(crate) fn value(&self) -> Option<&Type> {
        match self {
            Self::Value(value) | Self::Async(value) => value.as_ref(),
            Self::Future { output } | Self::BoxedFuture { output, .. } => Some(output),
            Self::Opaque | Self::Never => None,
        }
    }
}

/// Looks through parentheses and the invisible groups of declarative macros.
fn unwrapped(mut of: &Type) -> &Type {
    loop {
        of = match of {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            bare => return bare,
        };
    }
}

/// Finds the output of a future among the bounds of an `impl` or a `dyn`; of one that names none it is inferred.
fn output<'b>(bounds: impl IntoIterator<Item = &'b TypeParamBound>) -> Option<Type> {
    let future = bounds.into_iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().filter(|segment| segment.ident == "Future"),
        _ => None,
    })?;
    let named = arguments(future).find_map(|argument| match argument {
        GenericArgument::AssocType(assigned) if assigned.ident == "Output" => Some(assigned.ty.clone()),
        _ => None,
    });
    Some(named.unwrap_or_else(|| Type::Verbatim(quote!(_))))
}

fn boxed_output(returned: &Type) -> Option<Type> {
    let outer = last_segment(returned)?;
    if outer.ident == "BoxFuture" || outer.ident == "LocalBoxFuture" {
        return last_type(outer).cloned();
    }
    let pinned = last_type(outer).filter(|_| outer.ident == "Pin")?;
    let boxed = last_segment(pinned).filter(|segment| segment.ident == "Box")?;
    match unwrapped(last_type(boxed)?) {
        Type::TraitObject(object) => output(&object.bounds),
        Type::ImplTrait(opaque) => output(&opaque.bounds),
        _ => None,
    }
}

fn last_segment(of: &Type) -> Option<&PathSegment> {
    match unwrapped(of) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn last_type(segment: &PathSegment) -> Option<&Type> {
    let types = arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    });
    types.last()
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten()
}

/// Leaves to the compiler what may not be written outside a signature: each `impl Trait` within a type.
fn inferred(mut of: Type) -> Type {
    infer(&mut of);
    of
}

fn infer(of: &mut Type) {
    match of {
        Type::ImplTrait(_) => *of = Type::Verbatim(quote!(_)),
        Type::Array(array) => infer(&mut array.elem),
        Type::Group(group) => infer(&mut group.elem),
        Type::Paren(paren) => infer(&mut paren.elem),
        Type::Path(path) => infer_in(&mut path.path),
        Type::Ptr(pointer) => infer(&mut pointer.elem),
        Type::Reference(reference) => infer(&mut reference.elem),
        Type::Slice(slice) => infer(&mut slice.elem),
        Type::TraitObject(object) => object.bounds.iter_mut().for_each(|bound| {
            if let TypeParamBound::Trait(bound) = bound {
                infer_in(&mut bound.path);
            }
        }),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(infer),
        _ => {}
    }
}

fn infer_in(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
            for argument in &mut arguments.args {
                match argument {
                    GenericArgument::Type(argument) => infer(argument),
                    GenericArgument::AssocType(assigned) => infer(&mut assigned.ty),
                    _ => {}
                }
            }
        }
    }
}
