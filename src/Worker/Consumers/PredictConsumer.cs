using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers prediction requests.</summary>
internal sealed class PredictConsumer(
    RequestRules rules,
    Predictor predictor,
    ModelStore models,
    Deadlines deadlines,
    AnswerPipeline pipeline,
    Replies replies) : IConsumer<PredictRequested>, IDurableConsumer<PredictRequested>
{
    public Task Consume(ConsumeContext<PredictRequested> context) => AnswerAsync(context, isAwaited: true);

    public Task ConsumeDurablyAsync(ConsumeContext<PredictRequested> context) => AnswerAsync(context, isAwaited: false);

    private Task AnswerAsync(ConsumeContext<PredictRequested> context, bool isAwaited)
    {
        var query = rules.Check(context.Message);
        if (query.IsRefused)
        {
            return context.Message.Timeframe == Timeframes.OwnQuestion
                ? replies.RefuseAsync(context, query.Refusal)
                : pipeline.RefuseAsync(context, "a prediction request", query.Refusal);
        }

        var question = new Question<PredictionAnswer>(
            CacheKey.Of(query.Answer),
            query.Answer.AsOf,
            deadlines.Of(context, context.Message.Deadline, context.Message.DeadlineMs),
            predictor.Lifetime,
            ContractsJson.Body.PredictionAnswer,
            answer => new PredictionCompleted(answer))
        {
            IsAwaited = isAwaited,
            IsUnsettled = () => models.MayHaveModelSoon(query.Answer.Symbol),
        };
        return pipeline.AnswerAsync(context, question, (version, deadline, stop) => predictor.PredictAsync(query.Answer, version, deadline, stop));
    }
}

internal sealed class PredictConsumerDefinition : InteractiveConsumerDefinition<PredictConsumer>
{
    public PredictConsumerDefinition() => (EndpointName, TakesPlainJson) = (Endpoints.Predict, true);
}

internal sealed class DurablePredictConsumerDefinition(IOptions<DurableOptions> options)
    : DurableConsumerDefinition<Durably<PredictConsumer, PredictRequested>>(Endpoints.PredictDurable, options);
