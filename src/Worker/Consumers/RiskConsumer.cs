using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers risk requests.</summary>
internal sealed class RiskConsumer(
    RequestRules rules,
    RiskAnalyst analyst,
    Deadlines deadlines,
    AnswerPipeline pipeline) : IConsumer<RiskRequested>, IDurableConsumer<RiskRequested>
{
    public Task Consume(ConsumeContext<RiskRequested> context) => AnswerAsync(context, isAwaited: true);

    public Task ConsumeDurablyAsync(ConsumeContext<RiskRequested> context) => AnswerAsync(context, isAwaited: false);

    private Task AnswerAsync(ConsumeContext<RiskRequested> context, bool isAwaited)
    {
        var query = rules.Check(context.Message);
        if (query.IsRefused)
        {
            return pipeline.RefuseAsync(context, "a risk request", query.Refusal);
        }

        var question = new Question<RiskAnswer>(
            CacheKey.Of(query.Answer),
            query.Answer.AsOf,
            deadlines.Of(context, context.Message.Deadline, context.Message.DeadlineMs),
            analyst.Lifetime,
            ContractsJson.Body.RiskAnswer,
            answer => new RiskScored(answer))
        {
            IsAwaited = isAwaited,
            ForCaller = context.Message.PortfolioAllocation is { } allocation ? answer => answer.For(allocation) : null,
        };
        return pipeline.AnswerAsync(context, question, (version, deadline, stop) => analyst.ScoreAsync(query.Answer, version, deadline, stop));
    }
}

internal sealed class RiskConsumerDefinition : InteractiveConsumerDefinition<RiskConsumer>
{
    public RiskConsumerDefinition() => (EndpointName, TakesPlainJson) = (Endpoints.Risk, true);
}

internal sealed class DurableRiskConsumerDefinition(IOptions<DurableOptions> options)
    : DurableConsumerDefinition<Durably<RiskConsumer, RiskRequested>>(Endpoints.RiskDurable, options);
