//! The doors: HTTP in, JSON out. Input is checked here, and what is refused is told as a validation error; what goes on
//! from here is told by the attributes of the functions that do it.

use axum::Router;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, Json, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use discord_log::{Health, log_validation_error};
use serde_json::{Value, json};
use thiserror::Error;

use crate::billing::{self, BillingError};
use crate::btw::{Declaration, Quarter};
use crate::invoice::{Change, Draft, Invoice, Payment, Refusal};
use crate::reports::{self, ReportError};
use crate::store::Store;

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/invoices", post(create))
        .route("/invoices/{number}", patch(update).get(show))
        .route("/invoices/{number}/payments", post(pay))
        .route("/invoices/{number}/files", post(upload))
        .route("/btw/{year}/{quarter}", get(btw))
        .route("/reports/broken", get(broken_report))
        .route("/reports/slow", get(slow_report))
        .route("/health", get(health))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(store)
}

type Body<T> = Result<Json<T>, JsonRejection>;
type Answer<T> = Result<(StatusCode, Json<T>), Failure>;

async fn create(State(store): State<Store>, body: Body<Draft>) -> Answer<Invoice> {
    let Json(draft) = body?;
    let invoice = draft.check().inspect_err(tell)?;
    Ok((StatusCode::CREATED, Json(billing::create_invoice(&store, invoice).await?)))
}

async fn update(State(store): State<Store>, Path(number): Path<String>, body: Body<Change>) -> Answer<Invoice> {
    let Json(change) = body?;
    let change = change.check().inspect_err(tell)?;
    Ok((StatusCode::OK, Json(billing::update_invoice(&store, &number, change).await?)))
}

async fn show(State(store): State<Store>, Path(number): Path<String>) -> Answer<Invoice> {
    Ok((StatusCode::OK, Json(billing::invoice(&store, &number).await?)))
}

async fn pay(State(store): State<Store>, Path(number): Path<String>, body: Body<Payment>) -> Answer<Invoice> {
    let Json(payment) = body?;
    let amount = payment.check().inspect_err(tell)?;
    Ok((StatusCode::CREATED, Json(billing::pay_invoice(&store, &number, amount).await?)))
}

async fn upload(
    State(store): State<Store>,
    Path(number): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Answer<Value> {
    let mut parts = parts?;
    let mut names = Vec::new();
    while let Some(part) = parts.next_field().await? {
        let name = part.file_name().unwrap_or("unnamed").to_owned();
        billing::attach_file(&store, &number, &name, part.bytes().await?.into()).await?;
        names.push(name);
    }
    Ok((StatusCode::CREATED, Json(json!({ "files": names }))))
}

async fn btw(State(store): State<Store>, path: Result<Path<(i16, i8)>, PathRejection>) -> Answer<Declaration> {
    let Path((year, number)) = path?;
    let quarter = Quarter::new(year, number)
        .ok_or_else(|| Refusal::new("quarter", format!("\"{year}/{number}\" is no quarter of a year")))
        .inspect_err(tell)?;
    Ok((StatusCode::OK, Json(billing::compute_btw(&store, quarter).await?)))
}

async fn broken_report(State(store): State<Store>) -> Answer<Value> {
    let open = reports::ledger(&store).await?;
    Ok((StatusCode::OK, Json(json!({ "open": open }))))
}

async fn slow_report() -> Json<Value> {
    Json(json!({ "balance": reports::bank_balance().await }))
}

async fn health() -> Json<Health> {
    Json(discord_log::health())
}

fn tell(refusal: &Refusal) {
    log_validation_error(refusal.field, &refusal.problem);
}

/// Whatever keeps a request from success, with the status that says whose fault it is.
#[derive(Debug, Error)]
#[error(transparent)]
enum Failure {
    Billing(#[from] BillingError),
    Body(#[from] JsonRejection),
    Parts(#[from] MultipartError),
    Path(#[from] PathRejection),
    Refused(#[from] Refusal),
    Report(#[from] ReportError),
    Upload(#[from] MultipartRejection),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Billing(error) => status_of(error),
            Self::Body(rejection) => rejection.status(),
            Self::Parts(error) => error.status(),
            Self::Path(rejection) => rejection.status(),
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Report(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Upload(rejection) => rejection.status(),
        }
    }
}

fn status_of(error: &BillingError) -> StatusCode {
    match error {
        BillingError::NumberTaken(_) | BillingError::PaidAlready(_) => StatusCode::CONFLICT,
        BillingError::PaidTooMuch { .. } | BillingError::UnknownClient(_) => StatusCode::UNPROCESSABLE_ENTITY,
        BillingError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        BillingError::UnknownInvoice(_) => StatusCode::NOT_FOUND,
    }
}

impl IntoResponse for Failure {
    /// Says only the outermost error: the causes are for Discord, not for whoever calls.
    fn into_response(self) -> Response {
        let error = match &self {
            Self::Parts(error) => error.body_text(),
            other => other.to_string(),
        };
        (self.status(), Json(json!({ "error": error }))).into_response()
    }
}

/// Most bytes of a request, and so of an uploaded file.
const BODY_BYTES: usize = 1024 * 1024;
