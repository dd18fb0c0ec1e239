using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Describes models, and how old the prices are that they get.</summary>
internal sealed class ModelsConsumer(RequestRules rules, ModelStore models, NewestBars newest, TimeProvider time) : IConsumer<ModelsRequested>
{
    public async Task Consume(ConsumeContext<ModelsRequested> context)
    {
        var result = await DescribeAsync(context.Message.Symbols ?? [], context.CancellationToken);
        await (result.IsRefused ? context.ReplyAsync(result.Refusal) : context.ReplyAsync(result.Answer));
    }

    private async Task<Result<ModelsDescribed>> DescribeAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        if (symbols.Count > RequestRules.MaxBatch && RequestRules.Batch(symbols.Count) is { } tooMany)
        {
            return tooMany;
        }

        var described = new List<ModelInfo>(symbols.Count);
        foreach (var text in symbols)
        {
            if (rules.Symbol(text, out var symbol) is { } refusal)
            {
                return refusal;
            }

            described.Add(await models.DescribeAsync(symbol, cancellationToken));
        }

        var days = await newest.ReadAsync([.. described.Select(model => model.Symbol)], cancellationToken);
        var closed = time.LastClosedDay();
        return new ModelsDescribed([.. described.Select(model => days.TryGetValue(model.Symbol, out var day)
            ? model with { NewestBar = day, NewestBarAgeDays = ClosedDays.Missing(day, closed) }
            : model)]);
    }
}

internal sealed class ModelsConsumerDefinition : InteractiveConsumerDefinition<ModelsConsumer>
{
    public ModelsConsumerDefinition() => EndpointName = Endpoints.Models;
}

/// <summary>Drops a symbol's models and cached answers, in every worker.</summary>
internal sealed class CacheClearConsumer(RequestRules rules, ModelStore models, IResultCache cache, AuditLog audit) : IConsumer<CacheClearRequested>
{
    public async Task Consume(ConsumeContext<CacheClearRequested> context)
    {
        if (rules.Symbol(context.Message.Symbol, out var symbol) is not null)
        {
            return;
        }

        models.Forget(symbol);
        var isInvalidated = await cache.InvalidateAsync(symbol, context.CancellationToken);
        await audit.WriteAsync(context, "cache cleared", symbol, isInvalidated ? "done" : "the result cache is unavailable, and is cleared when it is back");
    }
}

/// <summary>Reloads a symbol's models, in every worker.</summary>
internal sealed partial class ModelUpdatedConsumer(RequestRules rules, ModelStore models, ILogger<ModelUpdatedConsumer> logger) : IConsumer<ModelUpdated>
{
    public async Task Consume(ConsumeContext<ModelUpdated> context)
    {
        if (rules.Symbol(context.Message.Symbol, out var symbol) is { } refusal)
        {
            LogIgnored(refusal.Detail);
        }
        else if (!rules.Catalog.IsSupported(symbol))
        {
            LogIgnored($"{symbol} is not supported");
        }
        else
        {
            await models.ReloadAsync(symbol, context.CancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An updated model was ignored: {Reason}")]
    private partial void LogIgnored(string reason);
}
