using System.CommandLine;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>models [SYMBOL...]</c>: describes the models that serve.</summary>
internal static class ModelsCommand
{
    private const int ShownDigest = 12;

    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbols = AskCommand.Symbols(ArgumentArity.ZeroOrMore);
        var json = AskCommand.Json();
        var command = new Command("models", "Describe the models that serve, of all supported symbols or of some") { symbols, json };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed => parsed.GetValue(symbols) is { Length: > 0 } named
            ? AskCommand.RunAsync(
                target.Read(parsed), named, (service, symbol, stop) => service.Client.GetModelInfoAsync(symbol, stop), Print, parsed.GetValue(json), parsed)
            : AskCommand.RunAsync(
                target.Read(parsed), [""], (service, _, stop) => service.Client.GetModelsAsync(stop), (terminal, all) => Print(terminal, all[0].Models),
                parsed.GetValue(json), parsed));
        return command;
    }

    private static void Print(Terminal terminal, IReadOnlyList<ModelInfo> models)
    {
        terminal.Table(["Symbol", "Status", "Version", "Trained", ">Accuracy 7d", "Digest"], models.Select(model => (IReadOnlyList<Cell>)
        [
            model.Symbol, new(model.Status, model.Status == ModelInfo.Trained ? Tone.Good : Tone.Bad), model.ModelVersion,
            AskCommand.Text($"{model.LastTrained:yyyy-MM-dd HH:mm}"), AskCommand.Percent(model.Accuracy7d),
            model.ModelDigest is { Length: > ShownDigest } digest ? digest[..ShownDigest] : model.ModelDigest ?? "",
        ]));
        foreach (var model in models.Where(model => model.Error is not null))
        {
            terminal.Line($"{model.Symbol}: {model.Error}", Tone.Warning);
        }

        // The networks of one training are decided on together.
        foreach (var result in models.Where(model => model.LastTraining is not null).GroupBy(model =>
            AskCommand.Text($"{model.LastTraining!.Outcome} {model.LastTraining.At:yyyy-MM-dd HH:mm}: {model.LastTraining.Reason}")))
        {
            terminal.Line($"{string.Join(", ", result.Select(model => model.Symbol))}: {result.Key}");
        }
    }
}
