using System.CommandLine;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>import FILE...</c>: writes price files to the database. Files that are not named like prices are skipped.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Files named SYMBOL.csv or like a pair (BTC-USD.csv), with daily bars as exchanges and data sites write them",
            Arity = ArgumentArity.OneOrMore
        };
        var symbol = new Option<string?>("--symbol") { Description = "The symbol of all files, whatever their names" };
        var database = new Option<string?>("--database") { Description = "postgresql://user:password@host:port/database; without it DATABASE_URL" };
        var correct = new Option<string?>("--correct")
        {
            Description = "Why stored days with other numbers are replaced; without it they are refused. The old bars are kept with this reason"
        };
        var command = new Command("import", "Write daily bars of price files to PostgreSQL; importing a file again changes nothing")
        {
            files, symbol, database, correct,
        };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(
                parsed.GetRequiredValue(files),
                parsed.GetValue(symbol),
                parsed.GetValue(database),
                parsed.GetValue(correct),
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                stop),
            "what was written stays, the same command goes on from there", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(
        string[] paths,
        string? symbol,
        string? database,
        string? correction,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken)
    {
        using var host = Build(database);
        var catalog = host.Services.GetRequiredService<SymbolCatalog>();
        string? canonical = null;
        if (symbol is not null && !catalog.TryNormalise(symbol, out canonical))
        {
            await errors.WriteLineAsync($"--symbol is '{symbol}', expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9");
            return false;
        }

        if (RequestRules.Correction(correction) is { } refusal)
        {
            await errors.WriteLineAsync($"--correct: {refusal.Detail}");
            return false;
        }

        var import = host.Services.GetRequiredService<PriceImport>();
        await import.PrepareAsync(cancellationToken);
        var progress = new ImportProgress(paths.Length, output, errors);
        return await progress.ShowAsync(() => ImportAsync(import, PriceFiles.Find(paths, canonical, catalog), correction, progress, cancellationToken));
    }

    private static async Task<bool> ImportAsync(
        PriceImport import, PriceFilesFound found, string? correction, ImportProgress progress, CancellationToken cancellationToken)
    {
        foreach (var path in found.Others)
        {
            progress.Skipped(path);
        }

        foreach (var conflict in found.Conflicts)
        {
            progress.Failed(conflict.Paths.Count, conflict.Fault.Message);
        }

        foreach (var files in found.Files)
        {
            try
            {
                progress.Start(files.Name);
                progress.Done(await import.ImportAsync(files, correction, progress.Advance, cancellationToken));
            }
            catch (Exception fault) when (fault is InvalidMarketDataException or UnauthorizedAccessException or IOException)
            {
                progress.Failed(files.Paths.Count, fault.Message);
            }
        }

        return progress.Sum();
    }

    private static IHost Build(string? database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        if (database is not null)
        {
            builder.Configuration.AddInMemoryCollection([new("Prices:Database", database)]);
        }

        if (string.IsNullOrWhiteSpace(builder.Configuration["Prices:Database"]))
        {
            throw new OptionsValidationException(
                "import",
                typeof(ImportCommand),
                ["There is no database to import to: set --database or DATABASE_URL, such as postgresql://user:password@localhost:5432/coinsphere_dev"]);
        }
        // The configured price source does not matter for an import.
        builder.Configuration["Prices:Folder"] = "";
        PriceImport.Add(builder);
        return builder.Build();
    }
}
