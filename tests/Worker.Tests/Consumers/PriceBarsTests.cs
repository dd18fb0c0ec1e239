using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

public sealed class PriceBarsTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task Bars_AreTheNewestOnes()
    {
        var prediction = await _worker.PredictAsync(Golden.Delta);
        var answer = (await _worker.AskAsync(new PriceBarsRequested(Golden.Delta.ToLowerInvariant(), 3))).Answer!;

        Assert.Equal((Golden.Delta, prediction.DataSource), (answer.Symbol, answer.DataSource));
        Assert.Equal([-2, -1, 0], answer.Bars.Select(bar => bar.Day.DayNumber - prediction.DataAsOf.DayNumber));
        Assert.Equal(prediction.Prediction.CurrentPrice, answer.Bars[^1].Close);
        Assert.All(answer.Bars, bar => Assert.InRange(bar.Open, bar.Low, bar.High));
        Assert.All(answer.Bars, bar => Assert.InRange(bar.Close, bar.Low, bar.High));
    }

    [Fact]
    public async Task FewerBarsThanAskedFor_AreAllThereAre() =>
        Assert.InRange((await _worker.AskAsync(new PriceBarsRequested(Golden.Delta, RequestRules.MaxBars))).Answer!.Bars.Count, 2, RequestRules.MaxBars - 1);

    [Theory]
    [InlineData("NOPE", 90, RefusalReason.NoPrices)]
    [InlineData("?", 90, RefusalReason.UnsupportedSymbol)]
    [InlineData("BTC", 0, RefusalReason.InvalidRequest)]
    [InlineData("BTC", RequestRules.MaxBars + 1, RefusalReason.InvalidRequest)]
    public async Task WrongRequests_AreRefused(string symbol, int days, RefusalReason reason) =>
        Assert.Equal(reason, (await _worker.AskAsync(new PriceBarsRequested(symbol, days))).Refusal?.Reason);
}
