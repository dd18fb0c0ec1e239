using System.CommandLine;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>import FILE...</c>: writes price files to the database.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Files named SYMBOL.csv (time,open,high,low,close,volume,market_cap)",
            Arity = ArgumentArity.OneOrMore
        };
        var database = new Option<string?>("--database") { Description = "postgresql://user:password@host:port/database; without it DATABASE_URL" };
        var command = new Command("import", "Write daily bars of price files to PostgreSQL; importing a file again changes nothing") { files, database };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(
                parsed.GetRequiredValue(files),
                parsed.GetValue(database),
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                stop),
            "what was written stays, the same command goes on from there", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(
        IReadOnlyList<string> files,
        string? database,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken)
    {
        using var host = Build(database);
        var import = host.Services.GetRequiredService<PriceImport>();
        await import.PrepareAsync(cancellationToken);
        var progress = new ImportProgress(files, output, errors);
        return await progress.ShowAsync(() => ImportAsync(import, files, progress, cancellationToken));
    }

    private static async Task<bool> ImportAsync(PriceImport import, IReadOnlyList<string> files, ImportProgress progress, CancellationToken cancellationToken)
    {
        var complete = true;
        foreach (var file in files)
        {
            try
            {
                progress.Start(file);
                progress.Done(await import.ImportAsync(file, progress.Advance, cancellationToken));
            }
            catch (Exception fault) when (fault is InvalidMarketDataException or UnauthorizedAccessException or IOException)
            {
                progress.Failed(fault.Message);
                complete = false;
            }
        }

        progress.Sum();
        return complete;
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
