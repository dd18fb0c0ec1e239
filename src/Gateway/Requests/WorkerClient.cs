using Coinsphere.Messaging.Client.Bus;
using Coinsphere.Messaging.Contracts;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Asks the workers. Every question ends by its deadline, with an answer or with a refusal that says why not.</summary>
internal sealed partial class WorkerClient(
    IClientFactory clients, IBusControl bus, IHttpContextAccessor http, TimeProvider time, IOptions<GatewayOptions> options, ILogger<WorkerClient> logger)
{
    private int _waiting;

    public async Task<Outcome<TAnswer>> AskAsync<TRequest, TAnswer>(Uri endpoint, TRequest request, Deadline deadline, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        if (!bus.IsThere())
            return BoundedRequests.BrokerUnavailable;
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MaxWaiting)
                return new RequestRefused(RefusalReason.Overloaded, $"{options.Value.MaxWaiting} requests wait for workers already; try again shortly");
            var outcome = await clients.AskAsync<TRequest, TAnswer>(endpoint, request, deadline.At - time.GetUtcNow(), cancellationToken);
            if (outcome is { IsRefused: true, Refusal.Reason: RefusalReason.InternalError })
                LogFailed(typeof(TRequest).Name, outcome.Refusal.Detail, RequestId);
            return outcome;
        }
        catch (RequestFaultException fault)
        {
            LogFault(fault, typeof(TRequest).Name, RequestId);
            var detail = options.Value.ShowErrorDetails == true ? Cause(fault) : "the service failed on this request; its log has the cause under this request_id";
            return new RequestRefused(RefusalReason.InternalError, detail);
        }
        catch (Exception failure) when (failure.IsBrokerLost())
        {
            LogBroker(failure, typeof(TRequest).Name, RequestId);
            return BoundedRequests.BrokerUnavailable;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Tells every process something. Null where the broker took it, else why not.</summary>
    public async Task<RequestRefused?> BroadcastAsync<T>(T message, Deadline deadline, CancellationToken cancellationToken) where T : class
    {
        if (!bus.IsThere())
            return BoundedRequests.BrokerUnavailable;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Request} could not be sent, request {RequestId}")]
    private partial void LogBroker(Exception exception, string request, string? requestId);
}
