using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers with the newest prices of symbols.</summary>
internal sealed class LatestPricesConsumer(RequestRules rules, PriceHistory prices) : IConsumer<LatestPricesRequested>
{
    public async Task Consume(ConsumeContext<LatestPricesRequested> context)
    {
        var result = await AnswerAsync(context.Message.Symbols ?? [], context.CancellationToken);
        await (result.IsRefused ? context.ReplyAsync(result.Refusal) : context.ReplyAsync(result.Answer));
    }

    private async Task<Result<LatestPricesAnswer>> AnswerAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        if (RequestRules.Batch(symbols.Count) is { } wrongSize)
        {
            return wrongSize;
        }

        var canonical = new List<string>(symbols.Count);
        foreach (var text in symbols)
        {
            if (rules.Symbol(text, out var symbol) is { } refusal)
            {
                return refusal;
            }

            canonical.Add(symbol);
        }

        return await prices.ReadLatestAsync(canonical, cancellationToken);
    }
}

internal sealed class LatestPricesConsumerDefinition : InteractiveConsumerDefinition<LatestPricesConsumer>
{
    public LatestPricesConsumerDefinition() => EndpointName = Endpoints.Prices;
}
