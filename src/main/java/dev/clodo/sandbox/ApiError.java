package dev.clodo.sandbox;

/// An answer in Cloudflare's error envelope. Codes and texts are those that the platform or its
/// clients are known to use; where the HTTP status is not known, 400 is used.
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;

  private ApiError(int status, int code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  static ApiError of(int status, int code, String message) {
    return new ApiError(status, code, message);
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  static ApiError noSuchWorker() {
    return of(404, 10007, "This Worker does not exist on your account.");
  }

  static ApiError noSuchService() {
    return of(404, 10090, "workers.api.error.service_not_found");
  }

  static ApiError noSuchVersion() {
    return of(404, 100146, "The requested Worker version could not be found.");
  }

  static ApiError badBody(String why) {
    return of(400, 10026, "The request body could not be understood: " + why);
  }

  static ApiError validation(String why) {
    return of(400, 10021, why);
  }

  static ApiError unauthenticated() {
    return of(403, 10000, "Authentication error");
  }

  static ApiError couldNotRoute(String path) {
    return of(
        404, 7003, "Could not route to " + path + ", perhaps your object identifier is invalid?");
  }

  static ApiError noRoute() {
    return of(404, 7000, "No route for that URI");
  }
}
