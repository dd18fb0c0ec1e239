using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Standalone.Commands.Doctor;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The command line of <c>./run</c>: serves without a command, else runs the command.</summary>
internal static class RunCommand
{
    /// <param name="settings">The settings among the arguments.</param>
    public static RootCommand Create(SettingArguments settings)
    {
        var port = new Option<string?>("--port") { Description = "Port to serve on; without it PORT, or 8000" };
        port.Validators.Add(given =>
        {
            if (!ushort.TryParse(given.GetValueOrDefault<string>(), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                given.AddError($"--port is '{given.GetValueOrDefault<string>()}': expected 0 to {ushort.MaxValue}");
            }
        });
        var prices = Sources.Prices();
        var database = Sources.Database();
        var models = Sources.Models();
        Command[] hosted =
        [
            PredictCommand.Create(settings.Settings), RiskCommand.Create(settings.Settings), ModelsCommand.Create(settings.Settings),
            HistoryCommand.Create(settings.Settings), AccuracyCommand.Create(settings.Settings), BacktestCommand.Create(settings.Settings),
            ConfigCommand.Create(settings.Settings), DoctorCommand.Create(settings.Settings),
        ];
        Command[] tools =
        [
            FetchCommand.Create(), ImportCommand.Create(), SampleCommand.Create(), InspectCommand.Create(), TrainCommand.Create(), RollbackCommand.Create(),
            ReplayCommand.Create(), ParkedCommand.Create(), AlertsCommand.Create(), KeysCommand.Create(), AuditCommand.Create(),
            CompletionCommand.Create(),
        ];
        var root = new RootCommand(
            "Crypto price predictions and risk scores. Without a command: serves gateway and worker in one process on port 8000. "
            + "Any setting can be an argument too, such as --Prices:MaxAge=2.00:00:00")
        {
            port,
            prices,
            database,
            models,
        };
        foreach (var command in hosted.Concat(tools))
        {
            root.Add(command);
        }

        root.SetAction(parsed => HostRunner.RunAsync(() => Server.Build(
            [.. settings.Settings, .. Sources.Argument("Gateway:Port", parsed.GetValue(port)),
                .. Sources.Arguments(parsed.GetValue(prices), parsed.GetValue(database), parsed.GetValue(models))])));
        NameInHelp(root);
        if (settings.Settings.Count > 0)
        {
            Array.ForEach([root, .. hosted], command => command.Validators.Add(parsed => Array.ForEach(Faults(settings), parsed.AddError)));
            Array.ForEach(tools, command => RefuseSettings(command, settings));
        }

        return root;
    }

    /// <summary>Whether the command line asks for help or for completions, for which nothing else on it matters.</summary>
    public static bool AsksForHelp(ParseResult parsed) => parsed.Action is RunHelp
        || ((RootCommand)parsed.RootCommandResult.Command).Directives.OfType<SuggestDirective>().Any(suggest => parsed.GetResult(suggest) is not null);

    private static string[] Faults(SettingArguments settings)
    {
        try
        {
            return [.. settings.Faults(SettingsReport.SectionsOf(Server.Prepare([.. settings.Settings]).Services))];
        }
        catch (Exception fault) when (HostRunner.Explain(fault).Length > 0)
        {
            // The command says it too.
            return [];
        }
    }

    // The library takes the name of the program's file.
    private static void NameInHelp(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new RunHelp((HelpAction)help.Action!);
    }

    // A command that reads its options and the environment would ignore a setting among its arguments.
    private static void RefuseSettings(Command command, SettingArguments settings)
    {
        var name = settings.Settings[0].Split('=', 2)[0];
        var variable = name[2..].Replace(":", "__", StringComparison.Ordinal);
        command.Validators.Add(parsed => parsed.AddError($"{name} is a setting, which {command.Name} takes from the environment: set {variable}"));
        foreach (var sub in command.Subcommands)
        {
            RefuseSettings(sub, settings);
        }
    }

    private sealed class RunHelp(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            parseResult.InvocationConfiguration.Output = text;
            var code = help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            output.Write(text.ToString().Replace(RootCommand.ExecutableName, Usage.Program, StringComparison.Ordinal));
            return code;
        }
    }
}
