using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>
/// A training between two epochs as a file, which <c>torch.load</c> reads too: the networks <c>model_state_dict</c> and <c>best_state_dict</c>, the optimizer's
/// moments <c>exp_avg</c> and <c>exp_avg_sq</c> tensor by tensor like them, <c>step</c>, <c>epochs</c>, and <c>of</c>, which says what is trained.
/// </summary>
public static class TrainingFile
{
    /// <summary>The bytes of a file.</summary>
    /// <param name="state">Between two epochs.</param>
    /// <param name="of">Identifies everything that training depends on, such as a digest of samples and options.</param>
    public static byte[] Write(TrainingState state, string of) => CheckpointWriter.Save(new()
    {
        ["of"] = of,
        ["model_state_dict"] = CheckpointWriter.StateDict(state.Current.ToWeights()),
        ["best_state_dict"] = CheckpointWriter.StateDict(state.Best.ToWeights()),
        ["exp_avg"] = StateDict(state.Current, state.Optimizer.FirstMoments),
        ["exp_avg_sq"] = StateDict(state.Current, state.Optimizer.SecondMoments),
        ["step"] = state.Optimizer.Steps,
        ["epochs"] = new List<object?>(state.Epochs.Select(epoch => (object?)new List<object?>
        {
            epoch.TrainingLoss, epoch.ValidationLoss, epoch.ValidationAccuracy, epoch.IsBest,
        })),
    });

    /// <summary>Reads a file with the checks of a checkpoint.</summary>
    /// <param name="stream">A seekable stream, read from its first byte on; left open.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="of">The expected identification.</param>
    /// <param name="adam">The optimizer's settings, which are not in the file.</param>
    /// <exception cref="CheckpointException">It is damaged, or of another training.</exception>
    public static TrainingState Read(Stream stream, string name, string of, AdamOptions adam)
    {
        var file = new SourceLocation(name, "file");
        var (root, storages) = CheckpointReader.Open(stream, file);
        if (root.Get("of") as string is not { } found || found != of)
        {
            throw file.At("of").Refuse($"{PickleValue.Describe(root.Get("of"))}, expected {SourceLocation.Quote(of)}");
        }

        var current = new Parameters(Network("model_state_dict"));
        var optimizer = new Adam(adam, current.Values.Length);
        var steps = Number(root.Get("step"), file.At("step"));
        optimizer.Restore((int)steps, Values("exp_avg"), Values("exp_avg_sq"));
        return new(current, optimizer, new(current, Values("best_state_dict")), Epochs());

        CryptoLstmWeights Network(string key) => CheckpointReader.ReadNetwork(root, key, storages, file);

        float[] Values(string key)
        {
            var values = new Parameters(Network(key)).Values;
            return values.Length == current.Values.Length
                ? values
                : throw file.At(key).Refuse($"{values.Length} values, expected {current.Values.Length} as in model_state_dict");
        }

        double Number(object? value, SourceLocation place) =>
            new NumberReader(storages).One(value, place) ?? throw place.Refuse($"{PickleValue.Describe(value)}, expected a number");

        List<EpochReport> Epochs()
        {
            var place = file.At("epochs");
            var list = root.Get("epochs") as List<object?> ?? throw place.Refuse("it is missing, expected a list");
            return [.. list.Select((item, i) => item is List<object?> { Count: 4 } and [var training, var validation, var accuracy, bool isBest]
                ? new EpochReport(i + 1, Number(training, place), Number(validation, place), Number(accuracy, place), isBest)
                : throw place.Refuse($"{PickleValue.Describe(item)} at {i}, expected two losses, an accuracy and a bool"))];
        }
    }

    private static OrderedDictToWrite StateDict(Parameters shape, float[] values) => CheckpointWriter.StateDict(new Parameters(shape, values).ToWeights());
}
