using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>fetch [SYMBOL...]</c>: fetches daily bars from an exchange to a folder or to the database.</summary>
internal static class FetchCommand
{
    public static Command Create()
    {
        var symbols = new Argument<string[]>("symbol") { Description = "Symbols to fetch; by default all supported ones", Arity = ArgumentArity.ZeroOrMore };
        var from = new Option<string?>("--from") { Description = "binance or kraken; without it Feed:Source, or binance" };
        from.AcceptOnlyFromAmong("binance", "kraken");
        var since = new Option<DateOnly?>("--since") { Description = "First day to fetch, YYYY-MM-DD; without it Feed:Since, or 2018-01-01" };
        var to = new Option<string?>("--to")
        {
            Description = $"Folder of SYMBOL.csv files; without it Prices:Folder, the database of DATABASE_URL, or '{FeedFolder.Default}'"
        };
        var database = new Option<string?>("--database") { Description = "postgresql://user:password@host:port/database instead of a folder" };
        var command = new Command("fetch", "Fetch closed daily bars from an exchange; a second run fetches only what is new or corrected")
        {
            symbols, from, since, to, database,
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(to) is not null && given.GetValue(database) is not null)
            {
                given.AddError("--to and --database are both given: expected one of them");
            }
        });
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(
                new Settings(parsed.GetValue(symbols) ?? [], parsed.GetValue(from), parsed.GetValue(since), parsed.GetValue(to), parsed.GetValue(database)),
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                stop),
            "what was fetched stays, the same command goes on from there", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(Settings settings, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        using var host = Build(settings);
        var services = host.Services;
        var options = services.GetRequiredService<IOptions<FeedOptions>>().Value;
        var source = Enum.Parse<FeedSource>(settings.From ?? (options.Source == FeedSource.None ? "binance" : options.Source.ToString()), ignoreCase: true);
        var feed = services.GetServices<IMarketFeed>().Single(feed => feed.Source == source);
        var since = settings.Since ?? options.Since;
        var closed = services.GetRequiredService<TimeProvider>().LastClosedDay();
        if (since < FeedOptions.Earliest || since > closed)
        {
            throw Wrong(string.Create(
                CultureInfo.InvariantCulture,
                $"--since is {since:yyyy-MM-dd}: expected a day from {FeedOptions.Earliest:yyyy-MM-dd} to {closed:yyyy-MM-dd}, the last day that is over"));
        }

        var symbols = Symbols(settings.Symbols, services.GetRequiredService<SymbolCatalog>());
        var folder = services.GetService<PriceFolderStore>();
        using var held = folder?.TryLock();
        if (folder is not null && held is null)
        {
            var path = services.GetRequiredService<IOptions<PricesOptions>>().Value.Folder;
            await errors.WriteLineAsync($"Another process fetches to {path}: run again when it has ended");
            return false;
        }

        if (services.GetService<FetchedBars>() is { } bars)
        {
            await bars.PrepareAsync(cancellationToken);
        }

        var progress = new FetchProgress(symbols, feed.Name, output, errors);
        return await progress.ShowAsync(async () =>
        {
            foreach (var symbol in symbols)
            {
                if (!await TryFetchAsync(symbol))
                {
                    break;
                }
            }

            return progress.Sum();
        });

        // False where no other symbol would fare better.
        async Task<bool> TryFetchAsync(string symbol)
        {
            try
            {
                progress.Start(symbol);
                progress.Done(await services.GetRequiredService<FeedRun>().RunAsync(
                    feed, services.GetRequiredService<IFeedStore>(), symbol, since, asksOlder: true, progress.Advance, cancellationToken));
            }
            catch (Exception fault) when (fault is UnknownPairException or InvalidMarketDataException)
            {
                progress.Failed(fault is UnknownPairException ? $"{fault.Message}: set the name of {symbol} by Feed:Pairs:{symbol}" : fault.Message);
            }
            catch (FeedUnavailableException away)
            {
                progress.Failed($"{away.Message}; what was fetched stays, the same command goes on from there");
                return false;
            }

            return true;
        }
    }

    private static IReadOnlyList<string> Symbols(string[] texts, SymbolCatalog catalog) => texts.Length == 0
        ? catalog.Supported
        : [.. texts.Select(text => catalog.TryNormalise(text, out var symbol)
            ? symbol
            : throw Wrong($"'{CallerText.Shown(text, most: 40)}' is not a symbol: expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9")).Distinct()];

    private static IHost Build(Settings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        if (settings.To is not null)
        {
            builder.Configuration["Prices:Folder"] = settings.To;
        }
        else if (settings.Database is not null)
        {
            builder.Configuration["Prices:Folder"] = "";
            builder.Configuration["Prices:Database"] = settings.Database;
        }
        else if (FeedFolder.IsNowhere(builder.Configuration))
        {
            builder.Configuration["Prices:Folder"] = FeedFolder.Default;
        }

        var folder = builder.Configuration["Prices:Folder"];
        if (string.IsNullOrWhiteSpace(folder))
        {
            FetchedBars.Add(builder);
            builder.Services.AddSingleton<IFeedStore>(provider => provider.GetRequiredService<FetchedBars>());
        }
        else
        {
            Directory.CreateDirectory(folder);
            builder.Configuration["Prices:Database"] = "";
            builder.Services.AddSymbols();
            builder.Services.AddPrices(builder.Configuration);
            builder.Services.AddSingleton(provider => new PriceFolderStore(
                folder, provider.GetRequiredService<SymbolCatalog>(), provider.GetRequiredService<TimeProvider>()));
            builder.Services.AddSingleton<IFeedStore>(provider => provider.GetRequiredService<PriceFolderStore>());
        }

        builder.Services.AddMarketFeeds();
        return builder.Build();
    }

    private static OptionsValidationException Wrong(string fault) => new("fetch", typeof(FetchCommand), [fault]);

    private sealed record Settings(string[] Symbols, string? From, DateOnly? Since, string? To, string? Database);
}
