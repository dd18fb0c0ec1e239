using System.CommandLine;
using System.Text.Json;
using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary><c>doctor</c>: says what is wrong with a set-up, or with a running service, and what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var production = new Option<bool>("--production") { Description = "Check the list of docs/hardening.md instead; 1 where an item is open" };
        var command = new Command("doctor", "Check settings, servers, models, prices and clocks, and say what is wrong and what to do; 1 where something is")
        {
            json,
            production,
        };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed =>
        {
            var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return CommandRunner.RunAsync(
                async stop =>
                {
                    var (url, arguments) = target.Read(parsed);
                    var diagnosis = Diagnosis.Of(url is null
                        ? await CheckOwnAsync(arguments, parsed.GetValue(production), stop)
                        : await ServiceChecks.RunAsync(url, stop));
                    if (parsed.GetValue(json))
                    {
                        await output.WriteLineAsync(JsonSerializer.Serialize(diagnosis, CommandsJson.Readable.Diagnosis));
                    }
                    else
                    {
                        Print(diagnosis, new Terminal(output));
                    }

                    return diagnosis.State != Finding.Fault;
                },
                AskCommand.NothingChanged, errors);
        });
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> CheckOwnAsync(string[] arguments, bool isForProduction, CancellationToken cancellationToken)
    {
        string? environmentFault = null;
        var environment = Server.DefaultEnvironment;
        try
        {
            environment = SpecifiedEnvironment.Name(environment);
        }
        catch (SettingException wrong)
        {
            environmentFault = wrong.Message;
        }

        var builder = Server.Prepare(arguments, environment: environment);
        builder.Logging.ClearProviders();
        await using var host = builder.Build();
        return isForProduction
            ? await new ProductionChecks(host.Services, builder.Configuration, builder.Environment).RunAsync(cancellationToken)
            : await new OwnChecks(builder, host.Services, environmentFault).RunAsync(cancellationToken);
    }

    private static void Print(Diagnosis diagnosis, Terminal terminal)
    {
        terminal.Table(["Check", "State", "Found", "What to do"], diagnosis.Findings.Select(finding => (IReadOnlyList<Cell>)
        [
            finding.Check, new(finding.State, ToneOf(finding.State)), finding.Text, finding.Remedy ?? "",
        ]));
        var faults = diagnosis.Findings.Count(finding => finding.State == Finding.Fault);
        terminal.Line(faults == 0 ? "Nothing is wrong" : AskCommand.Text($"{faults} {(faults == 1 ? "fault" : "faults")}"), ToneOf(diagnosis.State));
    }

    private static Tone ToneOf(string state) => state switch
    {
        Finding.Fault => Tone.Bad,
        Finding.Note => Tone.Warning,
        _ => Tone.Good,
    };
}
