using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>Stops the start with the wrong key and its value.</summary>
internal sealed class FeedOptionsValidator(TimeProvider time) : IValidateOptions<FeedOptions>
{
    public ValidateOptionsResult Validate(string? name, FeedOptions options)
    {
        var faults = new List<string>();
        if (!Enum.IsDefined(options.Source))
        {
            faults.Add($"Feed:Source is '{options.Source}': expected one of {string.Join(", ", Enum.GetNames<FeedSource>())}");
        }

        if (!Enum.IsDefined(options.MarketCap))
        {
            faults.Add($"Feed:MarketCap is '{options.MarketCap}': expected one of {string.Join(", ", Enum.GetNames<MarketCapSource>())}");
        }

        if (options.Every < TimeSpan.FromSeconds(1) || options.Every > TimeSpan.FromDays(1))
        {
            faults.Add($"Feed:Every is '{options.Every}': expected a second to a day, such as 01:00:00");
        }

        if (options.Since < FeedOptions.Earliest || options.Since > time.LastClosedDay())
        {
            faults.Add(FormattableString.Invariant(
                $"Feed:Since is '{options.Since:yyyy-MM-dd}': expected a day from {FeedOptions.Earliest:yyyy-MM-dd} to {time.LastClosedDay():yyyy-MM-dd}"));
        }

        foreach (var (key, url) in new[] { ("Binance", options.Binance.Url), ("Kraken", options.Kraken.Url), ("CoinGecko", options.CoinGecko.Url) })
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https") || parsed.Query.Length > 0)
            {
                faults.Add($"Feed:{key}:Url is '{url}': expected a base address such as https://api.kraken.com");
            }
        }

        faults.AddRange(Names("Feed:Pairs", options.Pairs, "BTCUSDT, or MATICUSDT,POLUSDT for a renamed one", IsPair));
        faults.AddRange(Names("Feed:CoinGecko:Ids", options.CoinGecko.Ids, "bitcoin", IsCoin));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Names(string section, Dictionary<string, string> names, string example, Predicate<string> isValid)
    {
        foreach (var (symbol, text) in names)
        {
            if (!SymbolCatalog.Default.TryNormalise(symbol, out _))
            {
                yield return $"{section}:{symbol} has a name that is no symbol: expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9";
            }
            else if (FeedPairs.Split(text) is var parts && (parts.Length == 0 || !Array.TrueForAll(parts, isValid)))
            {
                yield return $"{section}:{symbol} is '{text}': expected the source's name, such as {example}";
            }
        }
    }

    private static bool IsPair(string text) => text.Length <= 32 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-');

    private static bool IsCoin(string text) => text.Length <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}
