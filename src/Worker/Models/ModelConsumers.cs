using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Describes models.</summary>
internal sealed class ModelsConsumer(ModelStore models) : IConsumer<ModelsRequested>
{
    public async Task Consume(ConsumeContext<ModelsRequested> context)
    {
        var described = new List<ModelInfo>(context.Message.Symbols.Count);
        foreach (var symbol in context.Message.Symbols)
            described.Add(await models.DescribeAsync(symbol, context.CancellationToken));
        await context.RespondAsync(new ModelsDescribed(described));
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
