using System.CommandLine;
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>inspect FILE...</c>: what a checkpoint is, read the way the service reads it, executing nothing.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("file") { Description = "Checkpoints as torch.save writes them (.pth)", Arity = ArgumentArity.OneOrMore };
        var command = new Command("inspect", "Print architecture, parameters, version, accuracy, scaler and digest of checkpoints") { files };
        command.SetAction(parsed => Inspect(parsed.GetRequiredValue(files), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <returns>0 where every file is a checkpoint, else 1.</returns>
    private static int Inspect(IEnumerable<string> files, TextWriter output, TextWriter errors)
    {
        var status = 0;
        foreach (var file in files)
        {
            try
            {
                Print(file, CheckpointReader.Inspect(file), output);
            }
            catch (Exception fault) when (fault is CheckpointException or IOException or UnauthorizedAccessException)
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
        Line("architecture", report.Architecture);
        Line("parameters", checkpoint.Weights.ParameterCount.ToString("N0", CultureInfo.InvariantCulture));
        Line("sequence length", $"{Text(checkpoint.SequenceLength)}, {report.SequenceLengthKey ?? "default"}");
        Line("features", $"{FeatureNames.Count} in their order, {report.FeaturesKey ?? "default"}");
        Line("version", metadata.ModelVersion);
        Line("trained at", metadata.TrainedAt is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "unknown");
        Line("epoch", Text(metadata.Epoch));
        Line("test accuracy", Text(metadata.TestAccuracy));
        Line("validation", $"accuracy {Text(metadata.BestValAccuracy)}, loss {Text(metadata.BestValLoss)}");
        Line("scaler", checkpoint.Scaler is { } scaler ? Describe(scaler.Kind) : "none: each window is standardised by itself");
        Line("calibration", checkpoint.Calibrations is { } calibrations ? Describe(calibrations) : "none: the network's probabilities are served");
        Line("digest", checkpoint.Digest);
        Line("tensors", "");
        foreach (var tensor in report.Tensors)
            output.WriteLine($"    {tensor.Name,-20} {tensor.DType,-9} [{string.Join(", ", tensor.Shape)}]");

        void Line(string name, string value) => output.WriteLine($"  {name,-16} {value}".TrimEnd());
    }

    private static string Describe(IReadOnlyDictionary<int, ClassCalibration> calibrations) =>
        string.Join(", ", calibrations.OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}d {pair.Value.Scale:0.###}"))) +
        " of the network, the rest class frequencies";

    private static string Describe(ScalerKind kind) => kind switch
    {
        ScalerKind.ByName => "mean and std by feature name",
        ScalerKind.ByPosition => "arrays of mean and std",
        ScalerKind.StandardScaler => "scikit-learn StandardScaler",
        _ => kind.ToString(),
    };

    private static string Text(double? number) => number?.ToString("0.####", CultureInfo.InvariantCulture) ?? "unknown";
}
