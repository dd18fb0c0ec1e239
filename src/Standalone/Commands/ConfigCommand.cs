using System.CommandLine;
using System.Text.Json;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>config</c>: lists every setting with its value and where that comes from.</summary>
internal static class ConfigCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var set = new Option<bool>("--set") { Description = "Only settings that are not at their default" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("config", "List every setting: its value, without passwords, and where that comes from") { set, json };
        command.SetAction(parsed =>
        {
            var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return CommandRunner.RunAsync(
                _ => PrintAsync([.. settings], parsed.GetValue(set), parsed.GetValue(json), output, errors), AskCommand.NothingChanged, errors);
        });
        return command;
    }

    private static async Task<bool> PrintAsync(string[] settings, bool onlySet, bool isJson, TextWriter output, TextWriter errors)
    {
        var builder = Server.Prepare(settings);
        builder.Logging.ClearProviders();
        await using var host = builder.Build();
        var report = SettingsReport.Of(builder, host.Services);
        var shown = report.Settings.Where(setting => !onlySet || setting.Source != "default").ToArray();
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report with { Settings = shown }, CommandsJson.Readable.SettingsReport));
        }
        else
        {
            new Terminal(output).Table(["Setting", "Variable", "Value", "From"], shown.Select(setting => (IReadOnlyList<Cell>)
            [
                setting.Key, setting.Variable is null || setting.Variable == setting.Key ? "" : setting.Variable, setting.Value,
                new(setting.Source, setting.Source == "default" ? Tone.Plain : Tone.Good),
            ]));
        }

        foreach (var line in report.Warnings.Concat(report.Faults))
        {
            await errors.WriteLineAsync(line);
        }

        return report.Faults.Count == 0;
    }
}
