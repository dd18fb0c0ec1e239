using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Worker.MarketData;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers with the newest prices of symbols, and with the daily bars of one.</summary>
internal sealed class PricesConsumer(RequestRules rules, PriceHistory prices, TimeProvider time)
    : IConsumer<LatestPricesRequested>, IConsumer<PriceBarsRequested>
{
    public async Task Consume(ConsumeContext<LatestPricesRequested> context)
    {
        var result = await AnswerAsync(context.Message.Symbols ?? [], context.CancellationToken);
        await (result.IsRefused ? context.ReplyAsync(result.Refusal) : context.ReplyAsync(result.Answer));
    }

    public async Task Consume(ConsumeContext<PriceBarsRequested> context)
    {
        var query = rules.Check(context.Message);
        var result = query.IsRefused ? query.Refusal : await ReadAsync(query.Answer, context.CancellationToken);
        await (result.IsRefused ? context.ReplyAsync(result.Refusal) : context.ReplyAsync(result.Answer));
    }

    private async Task<Result<PriceBars>> ReadAsync(BarsQuery query, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var series = await prices.ReadPastAsync(query.Symbol, today, query.Days, cancellationToken);
        if (series.IsRefused)
        {
            return series.Refusal;
        }

        var bars = series.Answer.Bars.ToArray().Select(bar => new PriceBar(
            bar.Day, Rounding.Price(bar.Open), Rounding.Price(bar.High), Rounding.Price(bar.Low), Rounding.Price(bar.Close), bar.Volume));
        return new PriceBars(query.Symbol, [.. bars], prices.SourceOf(series.Answer));
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

internal sealed class PricesConsumerDefinition : InteractiveConsumerDefinition<PricesConsumer>
{
    public PricesConsumerDefinition() => EndpointName = Endpoints.Prices;
}
