using System.Net;

namespace Coinsphere.Messaging.Client;

/// <summary>Something else than the service answered: nobody, a proxy, or a service whose answers are none of the contract's.</summary>
/// <param name="message">What was asked, and what came instead of an answer.</param>
/// <param name="statusCode">The HTTP status, where there was a response.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class PredictionServiceException(string message, HttpStatusCode? statusCode = null, Exception? inner = null)
    : HttpRequestException(message, inner, statusCode);
