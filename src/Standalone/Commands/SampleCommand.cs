using System.CommandLine;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>sample --to FOLDER</c>: writes the synthetic market as price files, which say that their prices are invented.</summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var symbols = new Argument<string[]>("symbol") { Description = "Symbols; by default all supported ones", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string>("--to") { Description = "Folder for the SYMBOL.csv files, created where it is missing", Required = true };
        var command = new Command("sample", "Write invented prices as SYMBOL.csv files, to try the service without data; every answer made from them says so")
        {
            symbols, folder,
        };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(parsed.GetValue(symbols) ?? [], parsed.GetRequiredValue(folder), parsed.InvocationConfiguration.Output, stop),
            "whole files stay, the same command writes the others",
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Task<bool> RunAsync(string[] asked, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        using var host = Build();
        var catalog = host.Services.GetRequiredService<SymbolCatalog>();
        var market = SyntheticMarket.Through(TimeProvider.System.LastClosedDay());
        var symbols = asked.Length == 0 ? catalog.Supported : [.. asked.Select(symbol => Symbol(catalog, symbol))];
        Directory.CreateDirectory(folder);
        foreach (var symbol in symbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, $"{symbol}.csv");
            KeepReal(path, symbol);
            CsvPriceWriter.Write(path, new BarSeries(symbol, SyntheticSeries.Generate(market, symbol)) { IsSynthetic = true });
        }

        output.WriteLine(
            $"{symbols.Count} files in {folder}, {SyntheticMarket.FirstDay:yyyy-MM-dd} to {market.LastDay:yyyy-MM-dd}: every price is invented, "
            + "and every answer made from them says so");
        return Task.FromResult(true);
    }

    private static string Symbol(SymbolCatalog catalog, string asked) => catalog.TryNormalise(asked, out var symbol)
        ? symbol
        : throw new InvalidMarketDataException($"'{asked}' is not a symbol: expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9");

    // Real prices are never replaced by invented ones.
    private static void KeepReal(string path, string symbol)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var stream = RegularFile.OpenRead(path);
        if (!CsvPriceFile.Parse(stream, Path.GetFileName(path), symbol, TimeProvider.System.Today()).Series.IsSynthetic)
        {
            throw new IOException($"{path} exists, and its prices are not synthetic: expected another folder");
        }
    }

    private static IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        builder.Services.AddSymbols();
        return builder.Build();
    }
}
