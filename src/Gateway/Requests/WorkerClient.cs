using System.Collections.Concurrent;
using Coinsphere.Messaging.Client.Bus;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Asks the workers. Every question ends by its deadline, with an answer or a refusal.</summary>
internal sealed partial class WorkerClient(
    IClientFactory clients, IBusControl bus, BrokerWatch broker, DefinitionsWatch definitions, IHttpContextAccessor http, TimeProvider time,
    IOptions<GatewayOptions> options, ILogger<WorkerClient> logger)
{
    // One per endpoint: an overloaded endpoint refuses only its own questions.
    private readonly ConcurrentDictionary<Uri, Admission> _admissions = new();
    private int _waiting;

    public async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(
        Uri endpoint, TRequest request, RequestDeadline deadline, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        if (broker.IsSilent)
        {
            return BoundedRequests.BrokerUnavailable;
        }

        var left = deadline.At - time.GetUtcNow();
        var admission = _admissions.GetOrAdd(endpoint, _ => new Admission(time));
        if (!deadline.IsAskedAgain && admission.Enter(left) is { } refusal)
        {
            return refusal;
        }

        var isAnswered = false;
        try
        {
            var waiting = Interlocked.Increment(ref _waiting);
            if (!bus.IsThere())
            {
                return BoundedRequests.BrokerUnavailable;
            }

            if (waiting > options.Value.MaxWaiting)
            {
                return new RequestRefused(RefusalReason.Overloaded, $"{options.Value.MaxWaiting} requests already wait for workers; try again shortly");
            }

            var result = await AskAsync<TRequest, TAnswer>(endpoint, request, left, cancellationToken);
            isAnswered = result.Refusal is not { Reason: RefusalReason.DeadlineExceeded or RefusalReason.BrokerUnavailable };
            return result;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            if (!deadline.IsAskedAgain)
            {
                admission.Leave(isAnswered);
            }
        }
    }

    private async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(Uri endpoint, TRequest request, TimeSpan left, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broker.Silence);
        try
        {
            var result = await clients.AskAsync<TRequest, TAnswer>(endpoint, request, left, ended.Token, RequestId);
            if (result is { IsRefused: true, Refusal.Reason: RefusalReason.InternalError })
            {
                LogFailed(typeof(TRequest).Name, result.Refusal.Detail, RequestId);
            }

            return result;
        }
        catch (RequestFaultException fault)
        {
            LogFault(fault, typeof(TRequest).Name, RequestId);
            var detail = options.Value.ShowErrorDetails == true
                ? Cause(fault)
                : "the service failed on this request; its log has the cause under this request_id";
            return new RequestRefused(RefusalReason.InternalError, detail);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return BoundedRequests.BrokerUnavailable;
        }
        catch (Exception failure) when (failure.IsBrokerLost())
        {
            if (failure.IsReturned())
            {
                definitions.Returned(endpoint);
            }

            LogBroker(failure, typeof(TRequest).Name, RequestId);
            return BoundedRequests.BrokerUnavailable;
        }
    }

    /// <summary>Publishes a message to every process. Null where the broker confirmed it, else the refusal.</summary>
    public async Task<RequestRefused?> BroadcastAsync<T>(T message, RequestDeadline deadline, CancellationToken cancellationToken) where T : class
    {
        if (broker.IsSilent || !bus.IsThere())
        {
            return BoundedRequests.BrokerUnavailable;
        }

        try
        {
            return await bus.BroadcastAsync(message, deadline.At - time.GetUtcNow(), cancellationToken);
        }
        catch (Exception failure) when (failure.IsBrokerLost())
        {
            LogBroker(failure, typeof(T).Name, RequestId);
            return BoundedRequests.BrokerUnavailable;
        }
    }

    private static string Cause(RequestFaultException fault) =>
        string.Join("; ", fault.Fault?.Exceptions.Select(exception => $"{exception.ExceptionType}: {exception.Message}") ?? [fault.Message]);

    private string? RequestId => http.HttpContext?.TraceIdentifier;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in a worker, {Detail}, request {RequestId}")]
    private partial void LogFailed(string request, string detail, string? requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in its consumer, request {RequestId}")]
    private partial void LogFault(Exception exception, string request, string? requestId);

    // Not a log line for each request, which may be thousands: an unavailable broker is a condition and is logged once.
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} could not be sent, request {RequestId}")]
    private partial void LogBroker(Exception exception, string request, string? requestId);
}
