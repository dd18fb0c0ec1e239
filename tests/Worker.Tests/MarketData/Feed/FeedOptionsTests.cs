using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Coinsphere.Messaging.Worker.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Feed;

public sealed class FeedOptionsTests
{
    [Theory]
    [InlineData("Feed:Every", "2.00:00:00", "Feed:Every is '2.00:00:00': expected a second to a day, such as 01:00:00")]
    [InlineData("Feed:Since", "2030-01-01", "Feed:Since is '2030-01-01': expected a day from 2009-01-03 to 2026-03-09")]
    [InlineData("Feed:Source", "7", "Feed:Source is '7': expected one of None, Binance, Kraken")]
    [InlineData("Feed:MarketCap", "7", "Feed:MarketCap is '7': expected one of None, CoinGecko")]
    [InlineData("Feed:Kraken:Url", "ftp://x", "Feed:Kraken:Url is 'ftp://x': expected a base address such as https://api.kraken.com")]
    [InlineData("Feed:Pairs:BTC", "B T", "Feed:Pairs:BTC is 'B T': expected the source's name, such as BTCUSDT, or MATICUSDT,POLUSDT for a renamed one")]
    [InlineData("Feed:Pairs:B-C", "BTCUSDT", "Feed:Pairs:B-C has a name that is no symbol: expected 1 to 15 of A-Z and 0-9")]
    [InlineData("Feed:CoinGecko:Ids:BTC", "Bitcoin", "Feed:CoinGecko:Ids:BTC is 'Bitcoin': expected the source's name, such as bitcoin")]
    public async Task WrongValue_IsNamedWithWhatIsExpected(string key, string value, string expected)
    {
        await using var market = await Market.StartAsync(key, value);

        var wrong = Assert.Throws<OptionsValidationException>(() => market.Services.GetRequiredService<IOptions<FeedOptions>>().Value);

        Assert.Equal([expected], wrong.Failures);
    }

    [Theory]
    [InlineData("Retraining:Role", "Only", "Retraining:Role is Only")]
    [InlineData("Prices:Folder", "", "Feed:Source is 'kraken', but there is nowhere to store bars: expected Prices:Folder, or Prices:Database (DATABASE_URL)")]
    public async Task FeedThatCannotStore_StopsTheStart(string key, string value, string expected)
    {
        var wrong = await Assert.ThrowsAsync<SettingException>(
            () => TestWorker.StartAsync(new TestFolder(), "Feed:Source", "kraken", key, value, "Prices:AllowSynthetic", "true"));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-10T12:00:00Z", 0, 0, "01:00:00")]
    [InlineData("2026-03-10T23:30:00Z", 0, 0, "00:32:00")]
    [InlineData("2026-03-10T12:00:00Z", 1, 0, "00:00:30")]
    [InlineData("2026-03-10T12:00:00Z", 3, 0, "00:02:00")]
    [InlineData("2026-03-10T12:00:00Z", 99, 0, "00:30:00")]
    [InlineData("2026-03-10T12:00:00Z", 1, 7200, "02:00:00")]
    public void NextPass_IsAfterTheInterval_OrMidnight_OrThePauseOfASourceThatFails(string now, int failures, int retryAfter, string expected) =>
        Assert.Equal(
            TimeSpan.Parse(expected, null),
            FeedSchedule.Next(DateTimeOffset.Parse(now, null), TimeSpan.FromHours(1), failures, TimeSpan.FromSeconds(retryAfter)));
}
