using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Onnx;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>
/// <c>inspect FILE...</c>: describes models as the service reads them: a checkpoint without executing anything, an ONNX file with its first run in a
/// separate process.
/// </summary>
internal static class InspectCommand
{
    private const string OwnWindow = "none: each window is standardised by itself";

    public static Command Create()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Checkpoints as torch.save writes them (.pth), ONNX models, or volatility models (.json)",
            Arity = ArgumentArity.OneOrMore
        };
        var command = new Command("inspect", "Print architecture, parameters, version, accuracy, scaler and digest of models") { files };
        command.SetAction(parsed => Inspect(parsed.GetRequiredValue(files), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <returns>0 where every file is a model, else 1.</returns>
    private static int Inspect(IEnumerable<string> files, TextWriter output, TextWriter errors)
    {
        var status = 0;
        foreach (var file in files)
        {
            try
            {
                if (CheckpointFolder.IsOnnx(file))
                {
                    Print(OnnxModel.Read(file), output);
                }
                else if (CheckpointFolder.IsVolatility(file))
                {
                    Print(file, VolatilityStore.Read(file), output);
                }
                else
                {
                    Print(file, CheckpointReader.Inspect(file), output);
                }
            }
            catch (Exception fault) when (fault is CheckpointException or VolatilityFileException or IOException or UnauthorizedAccessException)
            {
                errors.WriteLine(fault.Message);
                status = 1;
            }
        }

        return status;
    }

    private static void Print(string file, CheckpointReport report, TextWriter output)
    {
        var checkpoint = report.Checkpoint;
        var metadata = checkpoint.Metadata;
        output.WriteLine(file);
        Line(output, "architecture", report.Architecture);
        Line(output, "parameters", checkpoint.Weights.ParameterCount.ToString("N0", CultureInfo.InvariantCulture));
        Line(output, "weights", Weights(report));
        Line(output, "sequence length", $"{Text(checkpoint.SequenceLength)}, {report.SequenceLengthKey ?? "default"}");
        Line(output, "features", $"{FeatureNames.Count} in their order, {report.FeaturesKey ?? "default"}");
        Line(output, "version", metadata.ModelVersion + (report.HasModelVersion ? "" : ", default"));
        Line(output, "trained at", Text(metadata.TrainedAt));
        Line(output, "epoch", Text(metadata.Epoch));
        Line(output, "test accuracy", Text(metadata.TestAccuracy));
        Line(output, "validation", $"accuracy {Text(metadata.BestValAccuracy)}, loss {Text(metadata.BestValLoss)}");
        Line(output, "scaler", checkpoint.Scaler is { } scaler ? Describe(scaler.Kind) : OwnWindow);
        Line(output, "calibration", Describe(checkpoint.Calibrations));
        Line(output, "digest", checkpoint.Digest);
        if (report.Unread.Count > 0)
        {
            Line(output, "not used", string.Join(", ", report.Unread));
        }

        Print(report.Tensors, output);
    }

    private static void Print(OnnxModel model, TextWriter output)
    {
        var network = new OnnxEngine(OnnxLimits.Default).Create(model);
        output.WriteLine(model.Name);
        Line(output, "architecture", string.Join(' ', model.Operators));
        Line(output, "runs on", network.Kernel);
        Line(output, "parameters", model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture));
        Line(output, "sequence length", Text(model.SequenceLength));
        Line(output, "features", string.Join(' ', model.Features.Select(column => FeatureNames.All[column])));
        Line(output, "version", model.Metadata.ModelVersion);
        Line(output, "trained at", Text(model.Metadata.TrainedAt));
        Line(output, "test accuracy", Text(model.Metadata.TestAccuracy));
        Line(output, "scaler", model.Scaler is null ? OwnWindow : "mean and scale by feature");
        Line(output, "output", model.GivesLogits ? "logits" : "probabilities");
        Line(output, "calibration", Describe(model.Calibrations));
        Line(output, "digest", model.Digest);
        Print(model.Tensors, output);
    }

    private static void Print(string file, VolatilityModel model, TextWriter output)
    {
        output.WriteLine(file);
        Line(output, "version", model.Version);
        Line(output, "fitted through", model.FittedThrough.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Line(output, "symbols", string.Join(' ', model.Symbols));
        Line(output, "GARCH", string.Create(CultureInfo.InvariantCulture, $"alpha {model.Garch.Alpha:0.####}, beta {model.Garch.Beta:0.####}"));
        foreach (var (days, (har, moves)) in model.Horizons.OrderBy(horizon => horizon.Key))
        {
            Line(output, $"HAR {days}d", string.Create(
                CultureInfo.InvariantCulture,
                $"constant {har.Constant:0.###}, day {har.Day:0.###}, week {har.Week:0.###}, month {har.Month:0.###}, long run {har.LongRun:0.###}"));
            Line(output, $"moves {days}d", string.Create(
                CultureInfo.InvariantCulture,
                $"half {moves.Half:0.###}, 80 % {moves.Eighty:0.###}, 90 % {moves.Ninety:0.###}, tail {moves.Tail:0.###}, drawdown {moves.Drawdown:0.###}"));
        }

        Line(output, "volatility 30d", string.Create(
            CultureInfo.InvariantCulture,
            $"5 % of days {model.Percentiles[5]:0.###}, median {model.Percentiles[50]:0.###}, 95 % {model.Percentiles[95]:0.###}"));
        Line(output, "digest", model.Digest);
    }

    private static void Print(IReadOnlyList<TensorDescription> tensors, TextWriter output)
    {
        Line(output, "tensors", "");
        foreach (var tensor in tensors)
        {
            output.WriteLine($"    {tensor.Name,-20} {tensor.DType,-9} [{string.Join(", ", tensor.Shape)}]");
        }
    }

    private static void Line(TextWriter output, string name, string value) => output.WriteLine($"  {name,-16} {value}".TrimEnd());

    private static string Describe(IReadOnlyDictionary<int, ClassCalibration>? calibrations) => calibrations is null
        ? "none: the network's probabilities are served"
        : string.Join(
            ", ",
            calibrations.OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}d {pair.Value.Scale:0.###}"))) +
        " of the network, the rest class frequencies";

    private static string Weights(CheckpointReport report)
    {
        var from = report.WeightsKey ?? "the file itself, a bare state dict";
        return report.Prefixes.Count == 0 ? from : $"{from}, names without {string.Join(" or ", report.Prefixes.Select(prefix => $"'{prefix}'"))}";
    }

    private static string Describe(ScalerKind kind) => kind switch
    {
        ScalerKind.ByName => "mean and std by feature name",
        ScalerKind.ByPosition => "arrays of mean and std",
        ScalerKind.StandardScaler => "scikit-learn StandardScaler",
        _ => kind.ToString(),
    };

    private static string Text(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "unknown";

    private static string Text(double? number) => number?.ToString("0.####", CultureInfo.InvariantCulture) ?? "unknown";
}
