using System.Runtime.InteropServices;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Runs a command. Ctrl-C and SIGTERM cancel it, and a fault is reported in one line.</summary>
internal static class CommandRunner
{
    private const int Interrupted = 130;

    /// <param name="command">Returns whether it succeeded.</param>
    /// <param name="goOn">How to continue after an interruption or a lost database.</param>
    /// <param name="errors">Where faults are written.</param>
    /// <returns>0 where it succeeded, 1 where not, 130 where it was interrupted. A wrong command line is 2 (<see cref="Usage"/>).</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<bool>> command, string goOn, TextWriter errors)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await command(stop.Token) ? 0 : 1;
        }
        catch (Exception end) when (stop.IsCancellationRequested && (end is OperationCanceledException or NpgsqlException))
        {
            await errors.WriteLineAsync($"Interrupted: {goOn}");
            return Interrupted;
        }
        catch (OptionsValidationException wrong)
        {
            foreach (var failure in wrong.Failures)
            {
                await errors.WriteLineAsync(failure);
            }

            return 1;
        }
        catch (NpgsqlException failure)
        {
            await errors.WriteLineAsync($"The database fails: {failure.Message}; {goOn}");
            return 1;
        }
        catch (MarketDataUnavailableException away)
        {
            await errors.WriteLineAsync($"{away.Message}: {away.InnerException!.Message}");
            return 1;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CheckpointException or PredictionServiceException)
        {
            await errors.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (Exception wrong) when (HostRunner.Explain(wrong) is { Length: > 0 } lines)
        {
            foreach (var line in lines)
            {
                await errors.WriteLineAsync(line);
            }

            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
