using System.Net;

namespace Coinsphere.Messaging.Client;

/// <summary>The service itself did not answer: no connection, a proxy's response, or a response that does not match the contracts.</summary>
/// <param name="message">What was asked, and what was received instead of an answer.</param>
/// <param name="statusCode">The HTTP status, where there was a response.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class PredictionServiceException(string message, HttpStatusCode? statusCode = null, Exception? inner = null)
    : HttpRequestException(message, inner, statusCode);
