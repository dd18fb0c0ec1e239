using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker.Answering;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Describes models.</summary>
internal sealed class ModelsConsumer(RequestRules rules, ModelStore models) : IConsumer<ModelsRequested>
{
    public async Task Consume(ConsumeContext<ModelsRequested> context)
    {
        var outcome = await DescribeAsync(context.Message.Symbols ?? [], context.CancellationToken);
        await (outcome.IsRefused ? context.ReplyAsync(outcome.Refusal) : context.ReplyAsync(outcome.Answer));
    }

    private async Task<Outcome<ModelsDescribed>> DescribeAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var described = new List<ModelInfo>(symbols.Count);
        foreach (var text in symbols)
        {
            if (rules.Symbol(text, out var symbol) is { } refusal)
                return refusal;
            described.Add(await models.DescribeAsync(symbol, cancellationToken));
        }

        return new ModelsDescribed(described);
    }
}

internal sealed class ModelsConsumerDefinition : InteractiveConsumerDefinition<ModelsConsumer>
{
    public ModelsConsumerDefinition() => EndpointName = Endpoints.Models;
}

/// <summary>Forgets a symbol, in every worker.</summary>
internal sealed class CacheClearConsumer(RequestRules rules, ModelStore models, IResultCache cache) : IConsumer<CacheClearRequested>
{
    public async Task Consume(ConsumeContext<CacheClearRequested> context)
    {
        if (rules.Symbol(context.Message.Symbol, out var symbol) is not null)
            return;
        models.Forget(symbol);
        await cache.EndEpochAsync(symbol, context.CancellationToken);
    }
}
