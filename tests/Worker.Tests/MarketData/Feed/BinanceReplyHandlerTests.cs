using System.Globalization;
using Coinsphere.Messaging.Worker.MarketData.Feed;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Feed;

public sealed class BinanceReplyHandlerTests
{
    [Theory]
    [InlineData(4800, true)]
    [InlineData(4801, false)]
    public async Task WeightThatOthersUsedToo_IsWaitedForUntilTheNextMinute(int used, bool isAnsweredAtOnce)
    {
        var time = FakeTime.At("2026-03-10T12:00:40Z");
        using var http = new HttpClient(new BinanceReplyHandler(time) { InnerHandler = new Answer(used) });
        await http.GetAsync(new Uri("http://binance.test/"), TestContext.Current.CancellationToken);

        var next = http.GetAsync(new Uri("http://binance.test/"), TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(isAnsweredAtOnce, next.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await next).IsSuccessStatusCode);
    }

    private sealed class Answer(int used) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
            new HttpResponseMessage { Headers = { { "X-MBX-USED-WEIGHT-1M", used.ToString(CultureInfo.InvariantCulture) } } });
    }
}
