using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Alerts;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Judges alert rules by the events of new answers. Answers for a past day say nothing about now.</summary>
internal sealed class AlertEventsConsumer(AlertEvaluator evaluator, RequestRules rules)
    : IConsumer<PredictionCompleted>, IConsumer<RiskScored>, IConsumer<ModelAlarmRaised>
{
    public Task Consume(ConsumeContext<PredictionCompleted> context) =>
        IsOfPast(context) ? Task.CompletedTask : evaluator.EvaluateAsync(AlertFacts.Of(context.Message.Answer), context.CancellationToken);

    public Task Consume(ConsumeContext<RiskScored> context) =>
        IsOfPast(context) ? Task.CompletedTask : evaluator.EvaluateAsync(AlertFacts.Of(context.Message.Answer), context.CancellationToken);

    public async Task Consume(ConsumeContext<ModelAlarmRaised> context)
    {
        foreach (var symbol in context.Message.Symbols.Where(rules.Catalog.IsSupported))
        {
            await evaluator.EvaluateAsync(AlertFacts.OfModel(symbol, context.Message), context.CancellationToken);
        }
    }

    private static bool IsOfPast(ConsumeContext context) => context.Headers.TryGetHeader(Endpoints.AsOfHeader, out _);
}

internal sealed class AlertEventsConsumerDefinition : DatabaseConsumerDefinition<AlertEventsConsumer>
{
    public AlertEventsConsumerDefinition() : base(Endpoints.AlertEvents)
    {
    }
}
