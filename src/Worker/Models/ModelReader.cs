using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Reads model files, for the engine that the options name.</summary>
internal sealed class ModelReader(IEngine engine)
{
    /// <summary>Reads a file, checks it and runs it once, so that no request pays for cold code and pages.</summary>
    /// <exception cref="CheckpointException">The file is no model, or computes no probabilities.</exception>
    public LoadedModel Read(string path)
    {
        var model = LoadedModel.Of(Path.GetFileNameWithoutExtension(path), CheckpointReader.Read(path), engine);
        model.Run(new float[model.SequenceLength * model.Network.Inputs]);
        return model;
    }
}
