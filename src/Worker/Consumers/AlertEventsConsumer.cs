using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Alerts;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Judges alert rules by the events of new answers. Answers for a past day say nothing about now. On a broker, events wait while the database is
/// unavailable. In memory nothing bounds what waits, so they are left out: the next event says the same of a condition that is still true.
/// </summary>
internal sealed partial class AlertEventsConsumer(
    AlertEvaluator evaluator, RuleBook book, RequestRules rules, IRecordsDatabase database, ILogger<AlertEventsConsumer> logger)
    : IConsumer<PredictionCompleted>, IConsumer<RiskScored>, IConsumer<ModelAlarmRaised>
{
    public Task Consume(ConsumeContext<PredictionCompleted> context) =>
        IsOfPast(context) ? Task.CompletedTask : EvaluateAsync(context, AlertFacts.Of(context.Message.Answer));

    public Task Consume(ConsumeContext<RiskScored> context) =>
        IsOfPast(context) ? Task.CompletedTask : EvaluateAsync(context, AlertFacts.Of(context.Message.Answer));

    public async Task Consume(ConsumeContext<ModelAlarmRaised> context)
    {
        foreach (var symbol in context.Message.Symbols.Where(rules.Catalog.IsSupported))
        {
            await EvaluateAsync(context, AlertFacts.OfModel(symbol, context.Message));
        }
    }

    private async Task EvaluateAsync(ConsumeContext context, AlertFacts facts)
    {
        var waits = context.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out _);
        if (!waits && !book.IsRead)
        {
            return;
        }

        try
        {
            await evaluator.EvaluateAsync(facts, context.CancellationToken);
        }
        catch (Exception failure) when (!waits && database.IsUnavailable(failure))
        {
            LogLeftOut(facts.Symbol, failure.Message);
        }
    }

    private static bool IsOfPast(ConsumeContext context) => context.Headers.TryGetHeader(Endpoints.AsOfHeader, out _);

    [LoggerMessage(Level = LogLevel.Debug, Message = "An event of {Symbol} was not judged by alert rules: {Reason}")]
    private partial void LogLeftOut(string symbol, string reason);
}

internal sealed class AlertEventsConsumerDefinition : DatabaseConsumerDefinition<AlertEventsConsumer>
{
    public AlertEventsConsumerDefinition() : base(Endpoints.AlertEvents)
    {
    }
}
