using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// metadata['calibration'] changes answers, so it must be complete and valid, or absent.
public static partial class CheckpointReader
{
    internal const double MaxScale = 100;
    internal const double MaxBias = 100;

    private static Dictionary<int, ClassCalibration>? ReadCalibrations(PickleDict root, NumberReader numbers, SourceLocation file)
    {
        if (Dict(root, "metadata", file) is not { } metadata || Dict(metadata, "calibration", file.At("metadata['calibration']")) is not { } stored)
        {
            return null;
        }

        return Horizons.All.ToDictionary(horizon => horizon, horizon =>
        {
            var key = Horizons.Name(horizon);
            var place = file.At($"metadata['calibration']['{key}']");
            var calibration = Dict(stored, key, place) ?? throw place.Refuse("it is missing, expected one for every timeframe");
            var scale = numbers.One(calibration.Get("scale"), place) is >= 0 and <= MaxScale and var number
                ? number
                : throw place.Refuse($"scale {PickleValue.Describe(calibration.Get("scale"))}, expected a number from 0 to {MaxScale}");
            var bias = numbers.Many(calibration.Get("bias"), place);
            return bias is { Length: Classes.Count } && bias.All(value => Math.Abs(value) <= MaxBias)
                ? new ClassCalibration(scale, bias)
                : throw place.Refuse($"bias {PickleValue.Describe(calibration.Get("bias"))}, expected {Classes.Count} numbers from -{MaxBias} to {MaxBias}");
        });
    }
}
