using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Answers requests for the risk of a portfolio. Answers are not cached, since few callers have the same portfolio; equal requests at the same time
/// are computed once.
/// </summary>
internal sealed class PortfolioRiskConsumer(
    RequestRules rules, PortfolioAnalyst analyst, Deadlines deadlines, SingleFlight singleFlight, CacheVersions cacheVersions, Replies replies,
    AnswerPipeline pipeline)
    : IConsumer<PortfolioRiskRequested>
{
    private const string Subject = "a portfolio risk request";

    public async Task Consume(ConsumeContext<PortfolioRiskRequested> context)
    {
        using var stage = Stages.Answer();
        var checkedQuery = rules.Check(context.Message);
        if (checkedQuery.IsRefused)
        {
            await pipeline.RefuseAsync(context, Subject, checkedQuery.Refusal);
            return;
        }

        var query = checkedQuery.Answer;
        var deadline = deadlines.Of(context, context.Message.Deadline, context.Message.DeadlineMs);
        // Read before any input, as for other answers: bars that are kept under an ended version are read again.
        var versions = new CacheVersion[query.Holdings.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            versions[i] = await cacheVersions.OfAsync(query.Holdings[i].Symbol, context.CancellationToken);
        }

        var all = new CacheVersion(string.Join(',', versions.Select(version => version.Token)), Array.TrueForAll(versions, version => version.IsShared));
        var (result, _) = await singleFlight.AskAsync(
            Text(query), all, deadline, (shared, stop) => analyst.ScoreAsync(query, versions, shared, stop), context.CancellationToken);
        await (result.IsRefused
            ? pipeline.RefuseAsync(context, Subject, result.Refusal)
            : replies.AnswerAsync(
                context, result.Answer, JsonSerializer.SerializeToUtf8Bytes(result.Answer, ContractsJson.Body.PortfolioRiskAnswer)));
    }

    private static string Text(PortfolioRiskQuery query)
    {
        var holdings = query.Holdings.Select(holding => string.Create(CultureInfo.InvariantCulture, $"{holding.Symbol}={holding.Weight:R}"));
        return string.Create(CultureInfo.InvariantCulture, $"portfolio:{string.Join(',', holdings)}:{query.AsOf:yyyy-MM-dd}");
    }
}

internal sealed class PortfolioRiskConsumerDefinition : InteractiveConsumerDefinition<PortfolioRiskConsumer>
{
    public PortfolioRiskConsumerDefinition() => (EndpointName, TakesPlainJson) = (Endpoints.PortfolioRisk, true);
}
