using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers ensemble requests.</summary>
internal sealed class EnsemblePredictConsumer(
    RequestRules rules,
    Predictor predictor,
    Deadlines deadlines,
    AnswerPipeline pipeline) : IConsumer<EnsemblePredictRequested>
{
    public Task Consume(ConsumeContext<EnsemblePredictRequested> context)
    {
        var query = rules.Check(context.Message);
        if (query.IsRefused)
        {
            return pipeline.RefuseAsync(context, "an ensemble request", query.Refusal);
        }

        var question = new Question<EnsembleAnswer>(
            CacheKey.Of(query.Answer),
            query.Answer.Prediction.AsOf,
            deadlines.Of(context, context.Message.Deadline, context.Message.DeadlineMs),
            predictor.Lifetime,
            ContractsJson.Body.EnsembleAnswer,
            Completed: null)
        {
            IsAwaited = true,
        };
        return pipeline.AnswerAsync(context, question, (version, deadline, stop) => predictor.PredictAsync(query.Answer, version, deadline, stop));
    }
}

internal sealed class EnsemblePredictConsumerDefinition : InteractiveConsumerDefinition<EnsemblePredictConsumer>
{
    public EnsemblePredictConsumerDefinition() => (EndpointName, TakesPlainJson) = (Endpoints.PredictEnsemble, true);
}
