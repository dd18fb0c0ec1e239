using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Training;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Retrains models, and publishes each promoted model to every worker.</summary>
internal sealed partial class RetrainConsumer(
    RequestRules rules,
    Retrainer retrainer,
    Replies replies,
    AuditLog audit,
    IHostApplicationLifetime host,
    ILogger<RetrainConsumer> logger) : IConsumer<RetrainRequested>
{
    public async Task Consume(ConsumeContext<RetrainRequested> context)
    {
        var request = context.Message;
        IReadOnlyList<string> symbols = rules.Catalog.Supported;
        if (request.Symbol is not null)
        {
            if (rules.Symbol(request.Symbol, out var symbol) is { } refusal)
            {
                await RefuseAsync(context, refusal);
                return;
            }

            if (!rules.Catalog.IsSupported(symbol))
            {
                await RefuseAsync(context, new RequestRefused(RefusalReason.UnsupportedSymbol, $"{symbol} is not supported"));
                return;
            }

            symbols = [symbol];
        }

        // A message that this consumer returned to the queue is delivered to it again until the endpoint stops.
        if (host.ApplicationStopping.IsCancellationRequested)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }

        LogRequested(request.Symbol ?? "all symbols", request.Reason ?? "no reason given");
        await audit.WriteAsync(
            context, "training requested", symbols.Count == 1 ? symbols[0] : "",
            request.Reason is { } reason ? CallerText.Shown(reason, RequestRules.MaxCorrection) : "no reason given");
        // A training may take longer than the broker waits for an acknowledgement. The message is then redelivered, and its symbols are already
        // trained.
        var since = request.NotIfTrainedSince ?? (context.ReceiveContext.Redelivered
            ? context.SentTime is { } sent ? new DateTimeOffset(sent, TimeSpan.Zero) : null
            : null);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        try
        {
            foreach (var promoted in await retrainer.RunAsync(symbols, since, ended.Token))
            {
                await context.Publish(new ModelUpdated(promoted), context.CancellationToken);
                await audit.WriteAsync(context, "model promoted", promoted, "a training found it better than what served");
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // A training takes longer than a host has to stop. Cancelled by its own token, the message returns to its queue, not to the error queue.
            throw new OperationCanceledException(context.CancellationToken);
        }
    }

    private Task RefuseAsync(ConsumeContext context, RequestRefused refusal)
    {
        LogRefused(refusal.Detail);
        return replies.RefuseAsync(context, refusal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retraining of {Symbols}: {Reason}")]
    private partial void LogRequested(string symbols, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request for retraining was ignored: {Reason}")]
    private partial void LogRefused(string reason);
}

internal sealed class RetrainConsumerDefinition : ConsumerDefinition<RetrainConsumer>
{
    // High: each stop of a trainer counts as a delivery of the message in work.
    private const int DeliveryLimit = 20;

    public RetrainConsumerDefinition() => (EndpointName, ConcurrentMessageLimit) = (Endpoints.Retrain, 1);

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RetrainConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = 1;
        endpointConfigurator.UseRetryUntilAvailable(context.GetRequiredService<TimeProvider>(), DatabaseFaults.IsUnavailable, 1000, 5000);
        endpointConfigurator.UseQuorumQueue(Endpoints.Retrain, DeliveryLimit);
    }
}
