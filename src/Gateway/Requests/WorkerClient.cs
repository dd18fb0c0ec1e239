using Coinsphere.Messaging.Contracts;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Asks the workers. Every question ends by its deadline, with an answer or with a refusal that says why not.</summary>
internal sealed partial class WorkerClient(
    IClientFactory clients, IBusControl bus, IHttpContextAccessor http, TimeProvider time, IOptions<GatewayOptions> options, ILogger<WorkerClient> logger)
{
    // The client's own timeout is no bound: it waits for the publish first, and a closed channel never confirms one.
    // So it lies beyond the deadline, and the wait for the whole call is cut at the deadline.
    private static readonly TimeSpan BeyondDeadline = TimeSpan.FromSeconds(1);

    public async Task<Outcome<TAnswer>> AskAsync<TRequest, TAnswer>(Uri endpoint, TRequest request, Deadline deadline, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        if (bus.CheckHealth().Status != BusHealthStatus.Healthy)
            return BrokerUnavailable;
        var remaining = deadline.At - time.GetUtcNow();
        if (remaining <= TimeSpan.Zero)
            return DeadlineExceeded;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(remaining);
        var client = clients.CreateRequestClient<TRequest>(endpoint, RequestTimeout.After(ms: (int)(remaining + BeyondDeadline).TotalMilliseconds));
        try
        {
            var response = await client.GetResponse<TAnswer, RequestRefused>(request, Transient, ended.Token).WaitAsync(ended.Token);
            if (response.Is(out Response<TAnswer>? answer))
                return answer.Message;
            var refusal = (RequestRefused)response.Message;
            if (refusal.Reason == RefusalReason.InternalError)
                LogFailed(typeof(TRequest).Name, refusal.Detail, RequestId);
            return refusal;
        }
        catch (Exception failure) when (failure is OperationCanceledException or RequestTimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return DeadlineExceeded;
        }
        catch (RequestFaultException fault)
        {
            LogFault(fault, typeof(TRequest).Name, RequestId);
            var detail = options.Value.ShowErrorDetails == true ? Cause(fault) : "the service failed on this request; its log has the cause under this request_id";
            return new RequestRefused(RefusalReason.InternalError, detail);
        }
        catch (ConnectionException failure)
        {
            LogBroker(failure, typeof(TRequest).Name, RequestId);
            return BrokerUnavailable;
        }
    }

    /// <summary>Tells every process something. Null where the broker took it, else why not.</summary>
    public async Task<RequestRefused?> BroadcastAsync<T>(T message, Deadline deadline, CancellationToken cancellationToken) where T : class
    {
        if (bus.CheckHealth().Status != BusHealthStatus.Healthy)
            return BrokerUnavailable;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(Positive(deadline.At - time.GetUtcNow()));
        try
        {
            await bus.Publish(message, ended.Token).WaitAsync(ended.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeadlineExceeded;
        }
        catch (ConnectionException failure)
        {
            LogBroker(failure, typeof(T).Name, RequestId);
            return BrokerUnavailable;
        }
    }

    // Nobody would wait for a request that survived its broker, so no disk does either.
    private static void Transient<T>(IRequestPipeConfigurator<T> request) where T : class => request.UseExecute(context => context.Durable = false);

    private static string Cause(RequestFaultException fault) =>
        string.Join("; ", fault.Fault?.Exceptions.Select(exception => $"{exception.ExceptionType}: {exception.Message}") ?? [fault.Message]);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static RequestRefused BrokerUnavailable { get; } = new(RefusalReason.BrokerUnavailable, "the message broker is away; try again shortly");

    private static RequestRefused DeadlineExceeded { get; } = new(RefusalReason.DeadlineExceeded, "no answer by the request's deadline");

    private string? RequestId => http.HttpContext?.TraceIdentifier;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in a worker, {Detail}, request {RequestId}")]
    private partial void LogFailed(string request, string detail, string? requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in its consumer, request {RequestId}")]
    private partial void LogFault(Exception exception, string request, string? requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Request} could not be sent, request {RequestId}")]
    private partial void LogBroker(Exception exception, string request, string? requestId);
}
