using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Storage;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>rollback SYMBOL...</c>: makes the model that served before serve again.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        var symbols = new Argument<string[]>("symbol")
        {
            Description = "Symbols whose newest earlier model serves again; pooled for the network of symbols without one",
            Arity = ArgumentArity.OneOrMore
        };
        var folder = new Option<string?>("--models") { Description = "Folder of the checkpoints; without it MODEL_CHECKPOINT_DIR or models/checkpoints" };
        var command = new Command("rollback", "Make the model that served before serve again; the current one stays as the candidate") { symbols, folder };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(symbols),
            parsed.GetValue(folder),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <returns>0 where every symbol was rolled back, else 1.</returns>
    private static async Task<int> RunAsync(IEnumerable<string> symbols, string? folder, TextWriter output, TextWriter errors)
    {
        using var host = Build(folder);
        var checkpoints = host.Services.GetRequiredService<CheckpointFolder>();
        var catalog = host.Services.GetRequiredService<SymbolCatalog>();
        var audit = host.Services.GetRequiredService<AuditLog>();
        var status = 0;
        foreach (var asked in symbols)
        {
            try
            {
                if (!TryName(asked, out var symbol))
                {
                    Fail($"'{asked}' is not a symbol: expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9");
                }
                else if (checkpoints.TryLock(symbol) is not { } held)
                {
                    Fail($"{symbol} is being trained; try again when that has ended");
                }
                else
                {
                    using (held)
                    {
                        await RollbackAsync(symbol);
                    }
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CheckpointException)
            {
                Fail(fault.Message);
            }
        }

        return status;

        bool TryName(string asked, [NotNullWhen(true)] out string? name)
        {
            name = asked == CheckpointFolder.Pooled ? asked : null;
            return name is not null || catalog.TryNormalise(asked, out name);
        }

        async Task RollbackAsync(string symbol)
        {
            var served = checkpoints.BestOf(symbol);
            if (checkpoints.Rollback(symbol) is not { } version)
            {
                Fail(
                    $"{symbol} has no former model: expected {Path.GetFileName(checkpoints.FirstVersionOf(symbol))} or later "
                    + $"beside {Path.GetFileName(served)}");
                return;
            }

            var now = ModelReader.Facts(checkpoints.BestOf(symbol));
            output.WriteLine($"{symbol}: {Path.GetFileName(version)} serves again, {now.Metadata.ModelVersion}, digest {now.Digest}; what served is "
                + $"{Path.GetFileName(CheckpointFolder.RolledBackPath(served))} now");
            await audit.WriteAsync("model rolled back", symbol, $"{Path.GetFileName(version)} serves again, digest {now.Digest}");
        }

        void Fail(string fault)
        {
            errors.WriteLine(fault);
            status = 1;
        }
    }

    private static IHost Build(string? folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.AddSpecifiedEnvironment();
        if (folder is not null)
        {
            builder.Configuration["Models:Folder"] = folder;
        }

        builder.AddCommandAudit(hasPrices: false);
        builder.Services.AddSymbols();
        builder.Services.AddOptions<ModelsOptions>().BindConfiguration(ModelsOptions.Section);
        builder.Services.AddSingleton<CheckpointFolder>();
        return builder.Build();
    }
}
