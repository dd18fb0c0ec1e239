using System.Globalization;

namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>The stand-in market as a program: <c>dotnet run --project tests/MarketStandIn -- [PORT] [NOW]</c>.</summary>
internal static class Entry
{
    private const int DefaultPort = 18_080;

    public static async Task Main(string[] args)
    {
        var port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : DefaultPort;
        TimeProvider time = args.Length > 1 ? new ShiftedTime(DateTimeOffset.Parse(args[1], CultureInfo.InvariantCulture)) : TimeProvider.System;
        await using var market = await StandInMarket.StartAsync(time, port);
        Console.WriteLine($"""
            A market that is none, invented by a formula, at {market.Url}
              Feed__Binance__Url={market.Url} Feed__Kraken__Url={market.Url} Feed__CoinGecko__Url={market.Url} ./run fetch BTC ETH --to prices
              curl -X POST '{market.Url}/stand-in/fail?fault=TooManyRequests&times=3&retryAfter=2'   # {string.Join(", ", Enum.GetNames<MarketFault>())}
            """);
        await market.UntilStoppedAsync();
    }

    /// <summary>A clock that starts at another time.</summary>
    private sealed class ShiftedTime(DateTimeOffset now) : TimeProvider
    {
        private readonly TimeSpan _ahead = now - System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
    }
}
