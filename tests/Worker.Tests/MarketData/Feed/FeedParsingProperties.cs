using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Feed;

/// <summary>Whatever a source answers, it is valid bars or a fault that the feed knows.</summary>
public sealed class FeedParsingProperties
{
    private static readonly byte[] Binance = Encoding.UTF8.GetBytes(
        """[[1704067200000,"42283.58","44184.1","42180.77","44179.55","27174.29",1704153599999,"1169995682.4",1100,"1","2","0"],"""
        + """[1704153600000,"44179.55","45879.63","44148.34","44946.91","65146.4",1704239999999,"2944331281.1",1100,"1","2","0"]]""");

    private static readonly byte[] Kraken = Encoding.UTF8.GetBytes(
        """{"error":[],"result":{"XXBTZUSD":[[1704067200,"42283.5","44200.0","42180.1","44179.5","43000.1","1200.5",9000],"""
        + """[1704153600,"44179.5","45900.0","44100.0","44946.9","45000.3","4100.25",9000]],"last":1704067200}}""");

    private static readonly byte[] CoinGecko = Encoding.UTF8.GetBytes(
        """{"prices":[],"market_caps":[[1704067200000,827000000000.5],[1704153600000,null],[1704200000000,828000000000.5]],"total_volumes":[]}""");

    private static readonly byte[][] Tokens = new[]
    {
        "\"", ",", "[", "]", "{", "}", "null", "-1", "0", "1e999", "NaN", "\"NaN\"", "1704067200000", "99999999999999999999", "\"\"", "true",
        "-9223372036854775808", "253402300800000", "\"result\"", ":", "\\u0000", "\\ud800", "\\uDC00", "[[[[[[[[[[[[[[", "1704067200", "\"∞\"",
    }.Select(Encoding.UTF8.GetBytes).Append([0xFF]).ToArray();

    [Fact]
    public void AnswersOfBinance_AreBarsOrAFault() =>
        Handled(Binance, json => BinanceFeed.Parse(json, "BTCUSDT", DateOnly.MinValue, DateOnly.MaxValue));

    [Fact]
    public void AnswersOfKraken_AreBarsOrAFault() => Handled(Kraken, json => KrakenFeed.Parse(
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("result", out var result) ? result : json, "XBTUSD", DateOnly.MinValue,
        DateOnly.MaxValue));

    [Fact]
    public void AnswersOfCoinGecko_AreMarketCapsOrAFault() => Handled(CoinGecko, json =>
    {
        Assert.All(CoinGeckoCaps.Parse(json, "bitcoin").Values, cap => Assert.True(cap is > 0 and < 1e30));
        return [];
    });

    [Fact]
    public void UnchangedAnswers_AreTheirBars()
    {
        Assert.Equal(
            new Bar(new(2024, 1, 1), 42_283.58, 44_184.1, 42_180.77, 44_179.55, 1_169_995_682.4),
            BinanceFeed.Parse(JsonDocument.Parse(Binance).RootElement, "BTCUSDT", DateOnly.MinValue, DateOnly.MaxValue)[0]);
        var kraken = KrakenFeed.Parse(JsonDocument.Parse(Kraken).RootElement.GetProperty("result"), "XBTUSD", DateOnly.MinValue, DateOnly.MaxValue);
        Assert.Equal(new Bar(new(2024, 1, 2), 44_179.5, 45_900, 44_100, 44_946.9, 45_000.3 * 4_100.25), kraken[1]);
        Assert.Equal(
            new Dictionary<DateOnly, double> { [new(2023, 12, 31)] = 827_000_000_000.5 },
            CoinGeckoCaps.Parse(JsonDocument.Parse(CoinGecko).RootElement, "bitcoin"));
    }

    private static void Handled(byte[] valid, Func<JsonElement, IReadOnlyList<Bar>> parse)
    {
        var mutations =
            from at in Gen.Choose(0, valid.Length)
            from removed in Gen.Frequency((4, Gen.Choose(0, 6)), (1, Gen.Choose(0, 100)))
            from added in Gen.OneOf(Gen.Elements(Tokens), Gen.Choose(0, 255).Select(value => new[] { (byte)value }), Gen.Constant(Array.Empty<byte>()))
            select (At: at, Removed: removed, Added: added);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(Arb.From(mutations.NonEmptyListOf()), several =>
        {
            var body = valid.ToList();
            foreach (var (at, removed, added) in several)
            {
                var start = Math.Min(at, body.Count);
                body.RemoveRange(start, Math.Min(removed, body.Count - start));
                body.InsertRange(start, added);
            }

            try
            {
                using var json = FeedReply.Parse("source", body.ToArray());
                DateOnly? before = null;
                foreach (var bar in parse(json.RootElement))
                {
                    Assert.Null(BarRules.Check(bar));
                    Assert.True(before is null || bar.Day > before);
                    before = bar.Day;
                }
            }
            catch (Exception fault) when (fault is FeedUnavailableException or InvalidMarketDataException)
            {
                Assert.DoesNotContain('\n', fault.Message);
            }
        }));
    }
}
