using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Client.Bus;

/// <summary>Requests and broadcasts that end at their deadline, whatever the broker does.</summary>
internal static class BoundedRequests
{
    // The request client's own timeout is not enough: it waits for the publish first, and a closed channel never confirms one. So that timeout is set
    // beyond the deadline, and the whole call is cancelled at the deadline.
    private static readonly TimeSpan Beyond = TimeSpan.FromSeconds(1);

    public static RequestRefused BrokerUnavailable { get; } = new(RefusalReason.BrokerUnavailable, "the message broker is unavailable; try again shortly");

    public static RequestRefused DeadlineExceeded { get; } = new(RefusalReason.DeadlineExceeded, "no answer by the request's deadline");

    /// <summary>Whether a call failed because the broker is unavailable, or has no queue for it.</summary>
    public static bool IsBrokerLost(this Exception failure) =>
        failure is ConnectionException or TransportException || failure.IsReturned()
        || (failure is RequestException { InnerException: { } cause } && cause.IsBrokerLost());

    /// <summary>Whether the broker had no queue for a message.</summary>
    public static bool IsReturned(this Exception failure) =>
        failure is MessageReturnedException or RequestException { InnerException: MessageReturnedException };

    /// <summary>
    /// Whether requests can be sent and replies received: the broker is available, and the endpoint of replies listens. A degraded bus is one that
    /// lost its broker, and with it every endpoint, or one with another endpoint that cannot listen, which requests do not need. The bus's own
    /// endpoint, which receives replies where direct reply-to is not used, counts as healthy before it listens, so its state is no evidence.
    /// </summary>
    public static bool IsThere(this IBusControl bus)
    {
        var health = bus.CheckHealth();
        return health.Status == BusHealthStatus.Healthy
            || (health.Status == BusHealthStatus.Degraded
                && health.Endpoints.Values
                    .Any(endpoint => endpoint.InputAddress.Segments[^1] == "amq.rabbitmq.reply-to" && endpoint.Status == BusHealthStatus.Healthy));
    }

    public static async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(
        this IClientFactory clients, Uri endpoint, TRequest request, TimeSpan left, CancellationToken cancellationToken, string? requestId = null,
        Action<SendContext>? configure = null)
        where TRequest : class
        where TAnswer : class
    {
        if (left <= TimeSpan.Zero)
        {
            return DeadlineExceeded;
        }

        using var ended = Ending(left, cancellationToken);
        var client = clients.CreateRequestClient<TRequest>(endpoint, RequestTimeout.After(ms: (int)(left + Beyond).TotalMilliseconds));
        try
        {
            var response = await client
                .GetResponse<TAnswer, RequestRefused>(request, pipe => Transient(pipe, requestId, configure), ended.Token).WaitAsync(ended.Token);
            return response.Is(out Response<TAnswer>? answer) ? answer.Message : ((RequestRefused)response.Message);
        }
        catch (Exception late) when (late is OperationCanceledException or RequestTimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return DeadlineExceeded;
        }
    }

    /// <summary>Publishes a message to every process. Null where the broker confirmed it, else the refusal.</summary>
    public static async Task<RequestRefused?> BroadcastAsync<T>(
        this IPublishEndpoint bus,
        T message,
        TimeSpan left,
        CancellationToken cancellationToken,
        Action<SendContext>? configure = null) where T : class
    {
        if (left <= TimeSpan.Zero)
        {
            return DeadlineExceeded;
        }

        using var ended = Ending(left, cancellationToken);
        try
        {
            await bus.Publish(message, context => configure?.Invoke(context), ended.Token).WaitAsync(ended.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeadlineExceeded;
        }
    }

    private static CancellationTokenSource Ending(TimeSpan left, CancellationToken cancellationToken)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(left);
        return ended;
    }

    // A request need not survive a restart of its broker, so it is not written to disk.
    private static void Transient<T>(IRequestPipeConfigurator<T> request, string? requestId, Action<SendContext>? configure) where T : class =>
        request.UseExecute(context =>
        {
            context.Durable = false;
            // An exchange that leads to no queue returns the request, and its caller need not wait.
            if (context.TryGetPayload<RabbitMqSendContext>(out var sent))
            {
                sent.Mandatory = true;
            }

            if (requestId is not null)
            {
                context.Headers.Set(Endpoints.RequestIdHeader, requestId);
            }

            configure?.Invoke(context);
        });
}
