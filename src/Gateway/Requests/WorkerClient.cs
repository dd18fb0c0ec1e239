using System.Collections.Concurrent;
using Coinsphere.Messaging.Client.Bus;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Limits;
using Coinsphere.Messaging.Hosting.Logging;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Asks the workers. Every question ends by its deadline, with an answer or a refusal.</summary>
internal sealed partial class WorkerClient(
    IClientFactory clients, IBusControl bus, BrokerWatch broker, DefinitionsWatch definitions, IHttpContextAccessor http, RateLimits rates,
    WaitingShares shares, PastDays pastDays, LoadedModels models, TimeProvider time, IOptions<GatewayOptions> options, ILogger<WorkerClient> logger)
{
    // One per endpoint: an overloaded endpoint refuses only its own questions, and makes only them wait.
    private readonly ConcurrentDictionary<Uri, (Admission Admission, FairQueue Queue)> _endpoints = new();

    /// <param name="endpoint">Whom to ask.</param>
    /// <param name="request">The message.</param>
    /// <param name="deadline">When the caller stops waiting.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <param name="stamp">Tells the worker the milliseconds that are left when the message is sent; null where it has no deadline.</param>
    public async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(
        Uri endpoint, TRequest request, RequestDeadline deadline, CancellationToken cancellationToken, Func<TRequest, long, TRequest>? stamp = null)
        where TRequest : class
        where TAnswer : class
    {
        if (broker.IsSilent)
        {
            return BoundedRequests.BrokerUnavailable;
        }

        var caller = http.HttpContext?.Caller() ?? Caller.Own;
        var cost = Costs.Of(request);
        var (admission, queue) = _endpoints.GetOrAdd(endpoint, _ => (new Admission(time), new FairQueue(Window, time)));
        if (!deadline.IsAskedAgain
            && (rates.Take(caller, cost) ?? admission.Enter(caller.Id, deadline.At - time.GetUtcNow())) is { } refusal)
        {
            return refusal;
        }

        var isAnswered = false;
        try
        {
            var result = await QueueAsync<TRequest, TAnswer>(endpoint, queue, caller, cost, request, deadline, stamp, cancellationToken);
            isAnswered = result.Refusal is not { Reason: RefusalReason.DeadlineExceeded or RefusalReason.BrokerUnavailable };
            return result;
        }
        finally
        {
            if (!deadline.IsAskedAgain)
            {
                admission.Leave(caller.Id, isAnswered);
            }
        }
    }

    // As many computations as half of what the workers take at once, which is several a core: enough to keep them busy, and little to wait behind.
    private int Window() => models.Slots * Costs.Computation / 2;

    private async Task<Result<TAnswer>> QueueAsync<TRequest, TAnswer>(
        Uri endpoint, FairQueue queue, Caller caller, int cost, TRequest request, RequestDeadline deadline, Func<TRequest, long, TRequest>? stamp,
        CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        if (!bus.IsThere())
        {
            return BoundedRequests.BrokerUnavailable;
        }

        if (shares.Enter(caller) is { } refusal)
        {
            return refusal;
        }

        FairQueue.Place? place = null;
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broker.Silence);
            place = await queue.EnterAsync(caller, cost, deadline.At - time.GetUtcNow(), ended.Token);
            if (place is null)
            {
                return BoundedRequests.DeadlineExceeded;
            }

            var sent = stamp?.Invoke(request, deadline.LeftMs(time)) ?? request;
            return await AskAsync<TRequest, TAnswer>(endpoint, sent, pastDays.MayStay(caller, sent), deadline.At - time.GetUtcNow(), ended, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return BoundedRequests.BrokerUnavailable;
        }
        finally
        {
            if (place is not null)
            {
                queue.Leave(place);
            }

            shares.Leave(caller);
        }
    }

    private async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(
        Uri endpoint, TRequest request, bool mayBeCached, TimeSpan left, CancellationTokenSource ended, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        try
        {
            var result = await clients.AskAsync<TRequest, TAnswer>(
                endpoint, request, left, ended.Token, RequestId, context => Mark(context, request, mayBeCached));
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
            return await bus.BroadcastAsync(message, deadline.At - time.GetUtcNow(), cancellationToken, NameCaller);
        }
        catch (Exception failure) when (failure.IsBrokerLost())
        {
            LogBroker(failure, typeof(T).Name, RequestId);
            return BoundedRequests.BrokerUnavailable;
        }
    }

    private static string Cause(RequestFaultException fault) =>
        ServerPaths.Hide(
            string.Join("; ", fault.Fault?.Exceptions.Select(exception => $"{exception.ExceptionType}: {exception.Message}") ?? [fault.Message]));

    private void Mark<TRequest>(SendContext context, TRequest request, bool mayBeCached)
    {
        // Acts are recorded with their caller.
        if (request is AlertRulePutRequested or AlertRuleRemoveRequested or AlertRuleTestRequested)
        {
            NameCaller(context);
        }

        if (!mayBeCached)
        {
            context.Headers.Set(Endpoints.NotCachedHeader, "true");
        }
    }

    private void NameCaller(SendContext context)
    {
        if (http.HttpContext is { } caller)
        {
            CallerHeader.Set(context, caller.KnownCaller()?.Name ?? CallerHeader.OfAddress(caller.Connection.RemoteIpAddress));
        }
    }

    private string? RequestId => http.HttpContext?.TraceIdentifier;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in a worker, {Detail}, request {RequestId}")]
    private partial void LogFailed(string request, string detail, string? requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} failed in its consumer, request {RequestId}")]
    private partial void LogFault(Exception exception, string request, string? requestId);

    // Not a log line for each request, which may be thousands: an unavailable broker is a condition and is logged once.
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} could not be sent, request {RequestId}")]
    private partial void LogBroker(Exception exception, string request, string? requestId);
}
