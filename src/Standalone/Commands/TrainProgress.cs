using System.Globalization;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.Training;
using Spectre.Console;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The output of a training: one line per epoch, and below them a progress bar with the loss on a terminal.</summary>
internal sealed class TrainProgress(TextWriter output, TextWriter errors)
{
    private ProgressTask? _bar;
    private IAnsiConsole? _console;
    private string _name = "";
    private int _started;
    private int _epochs;

    /// <summary>Runs a training with a progress bar, or without one where the output is not a terminal.</summary>
    public async Task ShowAsync(int groups, int epochs, Action train)
    {
        _epochs = epochs;
        if (Console.IsOutputRedirected)
        {
            train();
            return;
        }

        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        await _console.Progress().AutoClear(true).StartAsync(context =>
        {
            _bar = context.AddTask("train", maxValue: groups * epochs);
            return Task.Run(train);
        });
    }

    public void Start(string name, TrainingGroup group, TrainingState state)
    {
        _name = name;
        _started++;
        var plan = group.Plan;
        var resumed = state.Epochs.Count == 0 ? "" : $", going on after epoch {state.Epochs.Count}";
        Line(output, string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {group.Training.Count} windows to {plan.TrainingEnd:yyyy-MM-dd}, {group.Validation.Count} to validate to "
                + $"{plan.ValidationEnd:yyyy-MM-dd}, scored to {plan.Through:yyyy-MM-dd}{resumed}"));
    }

    public void Advance(TrainingStep step)
    {
        if (_bar is null)
        {
            return;
        }

        _bar.Value = ((_started - 1) * _epochs) + step.Epoch - 1 + step.Done;
        _bar.Description = Markup.Escape(Text($"{_name} epoch {step.Epoch}: loss {step.Loss:F4}"));
    }

    public void Finished(string name, EpochReport epoch) => Line(output, string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: epoch {epoch.Epoch,3}, loss {epoch.TrainingLoss:F4}, validation {epoch.ValidationLoss:F4}, accuracy "
            + $"{epoch.ValidationAccuracy:F3}{(epoch.IsBest ? ", best" : "")}"));

    public void Trained(TrainedSymbol symbol, EpochReport best)
    {
        var horizons = symbol.Horizons.OrderBy(pair => pair.Key).Select(pair => pair.Value.Test is { } test
            ? Text($"{pair.Key}d accuracy {test.Model.Accuracy:F3} ({test.Frequencies.Accuracy:F3}), Brier {test.Model.Brier:F4} ({test.Frequencies.Brier:F4})")
            : Text($"{pair.Key}d not scored"));
        Line(output, Text($"{symbol.Symbol} of epoch {best.Epoch}: {string.Join("; ", horizons)}"));
    }

    public void Decided(PromotionDecision decision) => Line(output, decision.IsPromoted
        ? $"{decision.Symbol} has a new model: {decision.Why}"
        : $"{decision.Symbol} keeps its model: {decision.Why}{(decision.MayBeForced ? "; with --force the new one would serve" : "")}");

    public void Refitted(VolatilityModel model) =>
        Line(output, $"volatility: {model.Version} of {model.Symbols.Count} symbols serves, digest {model.Digest}");

    public void Failed(string fault) => Line(errors, fault);

    // A line written without the console's lock would break the bar.
    private void Line(TextWriter writer, string text)
    {
        if (_console is null)
        {
            writer.WriteLine(text);
        }
        else
        {
            _console.WriteLine(text);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
