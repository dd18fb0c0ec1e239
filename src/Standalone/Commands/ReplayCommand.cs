using System.CommandLine;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Replay;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>replay ID...</c>: makes recorded predictions again.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("id") { Description = "prediction_id of recorded predictions", Arity = ArgumentArity.OneOrMore };
        var (prices, database, models) = (Sources.Prices(), Sources.Database(), Sources.Models());
        var command = new Command("replay", "Make recorded predictions again from their model and the current bars, and say what differs")
        {
            ids,
            prices,
            database,
            models,
        };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(
                parsed.GetRequiredValue(ids), Sources.Arguments(parsed.GetValue(prices), parsed.GetValue(database), parsed.GetValue(models)),
                parsed.InvocationConfiguration.Output, stop),
            AskCommand.NothingChanged, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(IEnumerable<string> ids, string[] arguments, TextWriter output, CancellationToken cancellationToken)
    {
        using var host = Build(arguments);
        var replay = host.Services.GetRequiredService<PredictionReplay>();
        var isSame = true;
        foreach (var id in ids)
        {
            await output.WriteLineAsync(id);
            isSame &= await replay.RunAsync(id, (name, text) => output.WriteLine($"  {name,-12} {text}"), cancellationToken);
        }

        return isSame;
    }

    private static IHost Build(string[] arguments)
    {
        // As the server, which allows invented prices where nothing says otherwise.
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = SpecifiedEnvironment.Name(Server.DefaultEnvironment) });
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        builder.Configuration.AddCommandLine(arguments);
        builder.AddDefaultSettings(KeyValuePair.Create(RecordsOptions.FileKey, (string?)Server.DefaultRecordsFile));
        if (FeedFolder.IsNeeded(builder.Configuration))
        {
            builder.AddDefaultSettings(KeyValuePair.Create("Prices:Folder", (string?)FeedFolder.Default));
        }

        // A prediction of last year was made from bars of last year.
        builder.Configuration["Prices:MaxAge"] = "";
        if (!builder.Services.AddRecordsSource(builder.Configuration))
        {
            throw new OptionsValidationException(
                "replay",
                typeof(ReplayCommand),
                [
                    "There is nothing to replay from: set --database or DATABASE_URL, such as postgresql://user:password@localhost:5432/coinsphere_dev, or "
                    + "Records:File",
                ]);
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
