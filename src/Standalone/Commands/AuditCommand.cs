using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>audit</c>: lists administrative acts: who did what, when.</summary>
internal static class AuditCommand
{
    private const int MaxLimit = 10_000;

    public static Command Create()
    {
        var symbol = new Option<string?>("--symbol") { Description = "Only acts on this symbol" };
        var limit = new Option<int>("--limit") { Description = "The most acts to list, the newest first", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > MaxLimit)
            {
                given.AddError($"--limit is '{given.GetValueOrDefault<int>()}': expected 1 to {MaxLimit}");
            }
        });
        var database = Sources.Database();
        var command = new Command("audit", "List administrative acts: cleared caches, trainings, promotions, alert rules, corrected prices")
        {
            symbol, limit, database,
        };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(
                parsed.GetValue(symbol), parsed.GetValue(limit), parsed.GetValue(database), parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error, stop),
            AskCommand.NothingChanged, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(
        string? symbol, int limit, string? database, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        using var host = Build(database);
        var canonical = "";
        if (symbol is not null && !host.Services.GetRequiredService<SymbolCatalog>().TryNormalise(symbol, out canonical))
        {
            await errors.WriteLineAsync($"--symbol is {CallerText.Quoted(symbol)}, expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9");
            return false;
        }

        var acts = await host.Services.GetRequiredService<AuditReader>().ReadAsync(canonical, limit, cancellationToken);
        var terminal = new Terminal(output);
        if (acts.Count > 0)
        {
            terminal.Table(["At (UTC)", "Who", "Act", "Symbol", "Outcome"], acts.Select(act => (Cell[])
            [
                act.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), act.Who, act.Act, act.Symbol, act.Outcome,
            ]));
        }

        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{acts.Count} acts"));
        return true;
    }

    private static IHost Build(string? database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        builder.AddDefaultSettings(KeyValuePair.Create(RecordsOptions.FileKey, (string?)Server.DefaultRecordsFile));
        if (database is not null)
        {
            builder.Configuration["Prices:Database"] = database;
        }

        if (!builder.Services.AddRecordsSource(builder.Configuration))
        {
            throw new OptionsValidationException(
                "audit", typeof(AuditCommand), ["There are no records: set --database, DATABASE_URL or Records:File"]);
        }

        // The source of prices does not matter.
        builder.Configuration["Prices:Folder"] = "";
        builder.Configuration["Prices:AllowSynthetic"] = "true";
        builder.Services.AddSymbols();
        builder.Services.AddPrices(builder.Configuration);
        builder.Services.AddSingleton<AuditReader>();
        return builder.Build();
    }
}
