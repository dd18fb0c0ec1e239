using System.CommandLine;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Replay;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>replay ID...</c>: makes recorded predictions again.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("id") { Description = "prediction_id of recorded predictions", Arity = ArgumentArity.OneOrMore };
        var database = new Option<string?>("--database") { Description = "postgresql://user:password@host:port/database; without it DATABASE_URL" };
        var models = new Option<string?>("--models") { Description = "Folder of the checkpoints; without it MODEL_CHECKPOINT_DIR or models/checkpoints" };
        var command = new Command("replay", "Make recorded predictions again from their model and the bars of the database, and say what differs") {
            ids,
            database,
            models };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(parsed.GetRequiredValue(ids), parsed.GetValue(database), parsed.GetValue(models), parsed.InvocationConfiguration.Output, stop),
            "nothing was changed", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(IEnumerable<string> ids, string? database, string? models, TextWriter output, CancellationToken cancellationToken)
    {
        using var host = Build(database, models);
        var replay = host.Services.GetRequiredService<PredictionReplay>();
        var isSame = true;
        foreach (var id in ids)
        {
            await output.WriteLineAsync(id);
            isSame &= await replay.RunAsync(id, (name, text) => output.WriteLine($"  {name,-12} {text}"), cancellationToken);
        }

        return isSame;
    }

    private static IHost Build(string? database, string? models)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        // A prediction of last year was made from bars of last year.
        builder.Configuration["Prices:MaxAge"] = "";
        if (database is not null)
        {
            builder.Configuration["Prices:Database"] = database;
        }

        if (models is not null)
        {
            builder.Configuration["Models:Folder"] = models;
        }

        if (string.IsNullOrWhiteSpace(builder.Configuration["Prices:Database"]))
        {
            throw new OptionsValidationException(
                "replay",
                typeof(ReplayCommand),
                ["There is no database to replay from: set --database or DATABASE_URL, such as postgresql://user:password@localhost:5432/coinsphere_dev"]);
        }

        builder.Services.AddSymbols();
        builder.Services.AddPrices(builder.Configuration);
        builder.Services.AddSentiment();
        builder.Services.AddSingleton<IResultCache, NoResultCache>();
        builder.Services.AddSingleton<BarCache>();
        builder.Services.AddSingleton<PriceHistory>();
        builder.Services.AddSingleton<SentimentHistory>();
        builder.Services.AddModelFiles();
        builder.Services.AddSingleton<PredictionReplay>();
        return builder.Build();
    }
}
