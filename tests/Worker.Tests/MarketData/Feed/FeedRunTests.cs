using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.MarketStandIn;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Feed;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Feed;

public sealed class FeedRunTests
{
    [Fact]
    public async Task Symbol_ComesInPages_UpToTheLastClosedDay_WithTheValueTradedAsVolume()
    {
        await using var market = await Market.StartAsync();

        var fetched = await market.FetchAsync("BTC", "2018-01-01");

        var bars = await market.StoredAsync("BTC");
        Assert.Equal((bars.Length, 0, 0), (fetched.New, fetched.Corrected, fetched.Unchanged));
        Assert.Equal((new DateOnly(2018, 1, 1), new DateOnly(2026, 3, 9)), (bars[0].Day, bars[^1].Day));
        var last = market.StandIn.Series.Of(MarketPair.OfBinance("BTCUSDT")!)[^2];
        Assert.Equal(
            new Bar(last.Day, (double)last.Open, (double)last.High, (double)last.Low, (double)last.Close, (double)last.Value), bars[^1]);
        Assert.Equal(3, market.StandIn.Requests.Count);
        Assert.All(market.StandIn.Requests, request => Assert.Contains("coinsphere-messaging/", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondRun_ChangesNothing_AndAsksForTheLastDaysOnly()
    {
        await using var market = await Market.StartAsync();
        await market.FetchAsync("BTC", "2018-01-01");
        var before = File.ReadAllText(Path.Combine(market.Folder, "BTC.csv"));
        var stamp = File.GetLastWriteTimeUtc(Path.Combine(market.Folder, "BTC.csv"));

        var again = await market.FetchAsync("BTC", "2018-01-01");

        Assert.Equal((0, 0, 3), (again.New, again.Corrected, again.Unchanged));
        Assert.Equal(before, File.ReadAllText(Path.Combine(market.Folder, "BTC.csv")));
        Assert.Equal(stamp, File.GetLastWriteTimeUtc(Path.Combine(market.Folder, "BTC.csv")));
        Assert.Equal(4, market.StandIn.Requests.Count);
    }

    [Theory]
    [InlineData("binance")]
    [InlineData("kraken")]
    public async Task DayThatCloses_IsTheOnlyNewOne_WithItsClosedNumbers(string source)
    {
        await using var market = await Market.StartAsync();
        await market.FetchAsync("ETH", source: Source(source));
        market.Time.Advance(TimeSpan.FromHours(11.9));
        Assert.Equal(0, (await market.FetchAsync("ETH", source: Source(source))).New);

        market.Time.Advance(TimeSpan.FromHours(0.2));

        Assert.Equal(1, (await market.FetchAsync("ETH", source: Source(source))).New);
        var closed = market.StandIn.Series.Of(MarketPair.OfBinance("ETHUSDT")!).Single(bar => bar.Day == new DateOnly(2026, 3, 10));
        var stored = (await market.StoredAsync("ETH"))[^1];
        Assert.Equal((closed.Day, (double)closed.Close), (stored.Day, stored.Close));
        Assert.Equal((double)closed.Value, stored.Volume, (double)closed.Value * 1e-6);
    }

    [Fact]
    public async Task SourceWhoseDayIsNotOver_GivesNoBarOfIt_WhateverThisClockSays()
    {
        await using var market = await Market.StartAsync();
        await using var ahead = await Market.StartAsync("Feed:Binance:Url", market.StandIn.Url);
        ahead.Time.Advance(TimeSpan.FromDays(1));

        await ahead.FetchAsync("BTC");

        Assert.Equal(new DateOnly(2026, 3, 9), (await ahead.StoredAsync("BTC"))[^1].Day);
    }

    [Fact]
    public async Task CorrectedDay_AndAnEarlierStart_AreFetchedByALaterRun()
    {
        await using var market = await Market.StartAsync();
        await market.FetchAsync("BTC", "2025-01-01");
        market.StandIn.Series.Correct("BTC", new(2026, 3, 8), 2);

        var corrected = await market.FetchAsync("BTC", "2025-01-01");
        var earlier = await market.FetchAsync("BTC", "2024-12-30");

        Assert.Equal((0, 1, 2), (corrected.New, corrected.Corrected, corrected.Unchanged));
        Assert.Equal((2, 0, 3), (earlier.New, earlier.Corrected, earlier.Unchanged));
        Assert.Equal(new DateOnly(2024, 12, 30), (await market.StoredAsync("BTC"))[0].Day);
    }

    [Fact]
    public async Task DaysThatTheSourceLacks_StayMissing_AndAreNamed_AndFollowWhenItHasThem()
    {
        await using var market = await Market.StartAsync();
        market.StandIn.Series.Missing.UnionWith([new(2026, 3, 1), new(2026, 3, 2)]);

        var fetched = await market.FetchAsync("BTC", "2020-02-01");
        market.StandIn.Series.Missing.Clear();
        var later = await market.FetchAsync("BTC", "2020-02-01");

        Assert.Contains("binance has no bar of BTC for 2020-02-19, 2026-03-01..2026-03-02 (3 days)", fetched.Notes);
        Assert.Equal(2, later.New);
        Assert.DoesNotContain((await market.StoredAsync("BTC")), bar => bar.Day == new DateOnly(2020, 2, 19));
    }

    [Fact]
    public async Task RenamedPair_IsOneSeriesOfBothNames()
    {
        await using var market = await Market.StartAsync();

        var fetched = await market.FetchAsync("MATIC", "2024-08-01");
        await market.FetchAsync("MATIC", "2024-08-01");

        Assert.Equal(["binance has no bar of MATIC for 2024-09-11..2024-09-12 (2 days)"], fetched.Notes);
        Assert.Equal(new DateOnly(2024, 8, 1), (await market.StoredAsync("MATIC"))[0].Day);
        Assert.Equal(1, market.StandIn.Requests.Count(request => request.Contains("MATICUSDT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task DelistedPair_GivesItsHistory_AndIsSaidToHaveEnded()
    {
        await using var market = await Market.StartAsync();

        var fetched = await market.FetchAsync("LUNA", "2021-01-01");

        Assert.True(fetched.HasEnded);
        Assert.Equal(["binance does not trade LUNA (LUNAUSDT) any more, status BREAK: its last bar is of 2022-05-13"], fetched.Notes);
        Assert.Equal(new DateOnly(2022, 5, 13), fetched.Newest);
    }

    [Theory]
    [InlineData("binance", "binance does not know the pair NOPEUSDT (-1121 Invalid symbol.)")]
    [InlineData("kraken", "kraken does not know the pair NOPEUSD (EQuery:Unknown asset pair)")]
    public async Task UnknownPair_IsNamed(string source, string expected)
    {
        await using var market = await Market.StartAsync();

        Assert.Equal(expected, (await Assert.ThrowsAsync<UnknownPairException>(() => market.FetchAsync("NOPE", source: Source(source)))).Message);
    }

    [Fact]
    public async Task ConfiguredPair_IsAskedInsteadOfTheDefault()
    {
        await using var market = await Market.StartAsync("Feed:Pairs:pol", "MATICUSDT,NOPEUSDT,POLUSDT");

        var fetched = await market.FetchAsync("MATIC", "2024-08-01");

        Assert.Contains("binance does not know the pair NOPEUSDT (-1121 Invalid symbol.): the days under that former name are left out", fetched.Notes);
        Assert.Equal(new DateOnly(2024, 9, 13), fetched.First);
    }

    [Fact]
    public async Task Kraken_GivesItsNewest720Days_AndSaysSo()
    {
        await using var market = await Market.StartAsync();

        var fetched = await market.FetchAsync("BTC", "2018-01-01", FeedSource.Kraken);

        Assert.Equal(720, fetched.New);
        Assert.Equal(["BTC begins on 2024-03-20 at kraken: kraken serves the newest 720 days only"], fetched.Notes);
    }

    [Fact]
    public async Task MarketCaps_AreThoseOfTheDaysClose_WhereTheyAreAskedFor()
    {
        await using var market = await Market.StartAsync("Feed:MarketCap", "coingecko");

        await market.FetchAsync("BTC", "2024-06-01");
        await market.FetchAsync("BTC", "2024-06-01");

        var bars = await market.StoredAsync("BTC");
        Assert.Equal(bars[^1].Close * 19.5e6, bars[^1].MarketCap, bars[^1].MarketCap * 1e-9);
        Assert.Equal(365, bars.Count(bar => bar.MarketCap > 0));
        Assert.Equal(1, market.StandIn.Requests.Count(request => request.Contains("market_chart", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task MarketCapsThatDoNotCome_AreANote_AndTheBarsComeAllTheSame()
    {
        await using var market = await Market.StartAsync("Feed:MarketCap", "coingecko", "Feed:CoinGecko:Ids:BTC", "no-such-coin");

        var fetched = await market.FetchAsync("BTC");

        Assert.Contains("BTC has no market cap: coingecko does not know", fetched.Notes.Single(), StringComparison.Ordinal);
        Assert.True(fetched.New > 0);
    }

    [Theory]
    [InlineData(MarketFault.TooManyRequests)]
    [InlineData(MarketFault.Banned)]
    [InlineData(MarketFault.ServerError)]
    [InlineData(MarketFault.CutOff)]
    [InlineData(MarketFault.Endless)]
    [InlineData(MarketFault.KrakenTooMany)]
    [InlineData(MarketFault.KrakenUnavailable)]
    public async Task FaultThatPasses_IsRetried(MarketFault fault)
    {
        await using var market = await Market.StartAsync();
        market.StandIn.Fail(fault, times: 2);

        Assert.True((await market.FetchAsync("BTC", source: FeedSource.Kraken)).New > 0);
    }

    [Theory]
    [InlineData(MarketFault.TooManyRequests, 1, "binance limits the requests of this address (429), asks to wait 00:10:00", 600)]
    [InlineData(MarketFault.Banned, 1, "binance has banned this address for too many requests (418), asks to wait 00:10:00", 600)]
    [InlineData(MarketFault.Refused, 1, "binance refuses this address (451 Unavailable For Legal Reasons): use another source, or another address of it", null)]
    [InlineData(MarketFault.Html, 1, "binance answered with '<html><body>Log in to use this network</body></html>', which is no whole JSON", null)]
    [InlineData(MarketFault.HalfJson, 1, "binance answered with '[[1700000000000,\"1\"', which is no whole JSON", null)]
    [InlineData(MarketFault.ServerError, 9, "binance failed (503 Service Unavailable)", null)]
    public async Task FaultThatStays_IsSaid_WithHowLongToWait_AndStoresNothing(MarketFault fault, int times, string expected, int? wait)
    {
        await using var market = await Market.StartAsync();
        market.StandIn.Fail(fault, times, retryAfter: wait ?? 0);

        var failure = await Assert.ThrowsAsync<FeedUnavailableException>(() => market.FetchAsync("BTC"));

        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
        Assert.Equal(wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, failure.RetryAfter);
        Assert.Empty(Directory.GetFiles(market.Folder));
    }

    [Fact]
    public async Task SourceThatIsNotThere_IsSaid()
    {
        await using var market = await Market.StartAsync("Feed:Kraken:Url", $"http://127.0.0.1:{Ports.Free()}");

        var failure = await Assert.ThrowsAsync<FeedUnavailableException>(() => market.FetchAsync("BTC", source: FeedSource.Kraken));

        Assert.Contains("does not answer: Connection refused", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileThatFetchDidNotWrite_IsNotTouched()
    {
        await using var market = await Market.StartAsync();
        var path = Path.Combine(market.Folder, "BTC.csv");
        File.WriteAllText(path, "time,open,high,low,close,volume,note\n2024-01-01,1,1,1,1,1,mine\n");

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => market.FetchAsync("BTC"));

        Assert.Contains("BTC.csv line 1: found the header 'time,open,high,low,close,volume,note'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("mine", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileOfInventedPrices_IsReplacedByRealOnes()
    {
        await using var market = await Market.StartAsync();
        var path = Path.Combine(market.Folder, "BTC.csv");
        File.WriteAllText(path, "time,open,high,low,close,volume,market_cap,synthetic\n2023-01-01,1,1,1,1,1,1,1\n");

        await market.FetchAsync("BTC", "2026-03-01");

        Assert.Equal(new DateOnly(2026, 3, 1), (await market.StoredAsync("BTC"))[0].Day);
        Assert.DoesNotContain("synthetic", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeriesThatNoMarketMakes_IsNotStored()
    {
        await using var market = await Market.StartAsync();
        await market.FetchAsync("SHIB");
        var path = Path.Combine(market.Folder, "SHIB.csv");
        var before = File.ReadAllText(path);
        await using var other = await Market.StartAsync("Feed:Pairs:SHIB", "BTCUSDT", "Feed:Binance:Url", market.StandIn.Url, "Prices:Folder", market.Folder);
        File.Copy(path, Path.Combine(other.Folder, "SHIB.csv"));
        other.Time.Advance(TimeSpan.FromDays(1));
        market.Time.Advance(TimeSpan.FromDays(1));

        var fault = await Assert.ThrowsAsync<InvalidMarketDataException>(() => other.FetchAsync("SHIB"));

        Assert.Contains("binance: the close of SHIB of 2026-03-07 is", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(other.Folder, "SHIB.csv")));
    }

    [Fact]
    public async Task FolderThatIsWrittenTo_IsLocked()
    {
        await using var market = await Market.StartAsync();

        using (market.Store.TryLock())
        {
            Assert.Null(market.Store.TryLock());
        }

        using var after = market.Store.TryLock();
        Assert.NotNull(after);
    }

    private static FeedSource Source(string name) => Enum.Parse<FeedSource>(name, ignoreCase: true);
}
