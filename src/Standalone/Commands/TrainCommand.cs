using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>train [SYMBOL...]</c>: trains checkpoints on the bars of a folder or of the database.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var defaults = new TrainingPlan { Through = default };
        var symbols = new Argument<string[]>("symbol")
        {
            Description = "Symbols to train; by default all supported ones with prices",
            Arity = ArgumentArity.ZeroOrMore
        };
        var prices = new Option<string?>("--prices") { Description = "Folder of SYMBOL.csv files; without it Prices:Folder, or the database" };
        var database = new Option<string?>("--database") { Description = "postgresql://user:password@host:port/database; without it DATABASE_URL" };
        var output = new Option<string?>("--output")
        {
            Description = "Folder of the checkpoints, an empty one to replace nothing; without it MODEL_CHECKPOINT_DIR or models/checkpoints"
        };
        var separate = new Option<bool>("--separate") { Description = "A network for each symbol, instead of one that is trained on all of them" };
        var resume = new Option<bool>("--resume") { Description = "Continue an interrupted training" };
        var force = new Option<bool>("--force")
        {
            Description = "Let the new networks serve also where they are not better for certain over the test days, or cannot be compared"
        };
        var through = new Option<DateOnly?>("--through") { Description = "Last day to use, YYYY-MM-DD; by default the last bar's" };
        var test = Number("--test-days", "Newest days, used only for scores", defaults.TestDays, least: 0);
        var validation = Number("--validation-days", "Days before them, used for early stopping and calibration", defaults.ValidationDays, least: 30);
        var epochs = Number("--epochs", "Maximum number of passes over the windows", defaults.Options.Epochs, least: 1);
        var seed = Number("--seed", "Seed of initial weights, order and dropout", defaults.Options.Seed, least: 0);
        var steps = Number("--window", "Days of a window", defaults.Steps, least: 2);
        var stride = Number("--stride", "One window per this number of days", defaults.Stride, least: 1);
        var hidden = new Option<string>("--hidden")
        {
            Description = "Hidden units of the three layers",
            DefaultValueFactory = _ => string.Join(',', defaults.HiddenSizes)
        };
        hidden.Validators.Add(given =>
        {
            if (Sizes(given.GetValueOrDefault<string>()) is null)
            {
                given.AddError($"--hidden is '{given.GetValueOrDefault<string>()}', expected three numbers from 1 to 512 such as 32,16,16");
            }
        });

        var command = new Command(
            "train",
            "Train checkpoints on daily bars, calibrate and score them; they serve where they are better than what serves for certain. Ctrl-C replaces nothing")
        {
            symbols, prices, database, output, separate, resume, force, through, test, validation, epochs, seed, steps, stride, hidden,
        };
        command.SetAction(parsed => CommandRunner.RunAsync(
            stop => RunAsync(
                new TrainingRun.Settings(
                    parsed.GetValue(symbols) ?? [], parsed.GetValue(through), parsed.GetValue(separate), parsed.GetValue(resume), parsed.GetValue(force),
                    defaults with
                    {
                        TestDays = parsed.GetValue(test),
                        ValidationDays = parsed.GetValue(validation),
                        Steps = parsed.GetValue(steps),
                        Stride = parsed.GetValue(stride),
                        HiddenSizes = Sizes(parsed.GetValue(hidden))!,
                        Options = defaults.Options with { Epochs = parsed.GetValue(epochs), Seed = parsed.GetValue(seed) },
                    }),
                new Sources(parsed.GetValue(prices), parsed.GetValue(database), parsed.GetValue(output)),
                parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, stop),
            "what was not finished has replaced nothing, --resume goes on after the last finished epoch", parsed.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<bool> RunAsync(
        TrainingRun.Settings settings,
        Sources sources,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken)
    {
        using var host = Build(sources);
        var services = host.Services;
        Directory.CreateDirectory(services.GetRequiredService<IOptions<ModelsOptions>>().Value.Folder);
        var run = new TrainingRun(
            services.GetRequiredService<NetworkTraining>(),
            services.GetRequiredService<SymbolCatalog>(),
            services.GetRequiredService<CheckpointFolder>(),
            services.GetRequiredService<TimeProvider>(),
            new TrainProgress(output, errors));
        try
        {
            return await run.RunAsync(settings, cancellationToken);
        }
        finally
        {
            foreach (var decision in run.Promoted)
            {
                await services.GetRequiredService<AuditLog>().WriteAsync("model promoted", decision.Symbol, decision.Why);
            }
        }
    }

    private static IHost Build(Sources sources)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        if (sources.Prices is not null)
        {
            builder.Configuration["Prices:Folder"] = sources.Prices;
        }
        else if (sources.Database is not null)
        {
            builder.Configuration["Prices:Folder"] = "";
        }

        if (sources.Database is not null)
        {
            builder.Configuration["Prices:Database"] = sources.Database;
        }

        if (sources.Output is not null)
        {
            builder.Configuration["Models:Folder"] = sources.Output;
        }

        if (string.IsNullOrWhiteSpace(builder.Configuration["Prices:Folder"]) && string.IsNullOrWhiteSpace(builder.Configuration["Prices:Database"]))
        {
            throw new OptionsValidationException(
                "train",
                typeof(TrainCommand),
                ["There are no prices to train on: set --prices FOLDER, --database or DATABASE_URL"]);
        }

        builder.Services.AddSymbols();
        builder.Services.AddPrices(builder.Configuration);
        builder.Services.AddSentiment();
        builder.Services.AddModelFiles();
        builder.Services.AddTraining();
        builder.AddCommandAudit(hasPrices: true);
        return builder.Build();
    }

    private static Option<int> Number(string name, string description, int standard, int least)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }]
                && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least))
            {
                given.AddError($"{name} is '{text}', expected a whole number from {least}");
            }
        });
        return option;
    }

    private static int[]? Sizes(string? text)
    {
        var parts = (text ?? "").Split(',');
        return parts.Length == 3
            && parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 512)
            ? [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))]
            : null;
    }

    private sealed record Sources(string? Prices, string? Database, string? Output);
}
