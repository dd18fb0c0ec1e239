using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Onnx;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Reads model files: checkpoints for the configured engine, and ONNX files for the ONNX engine.</summary>
internal sealed class ModelReader(IEngine engine, OnnxEngine onnx)
{
    /// <summary>Reads a file, checks it and runs it once, so that no request pays for the first run.</summary>
    /// <exception cref="CheckpointException">The file is not a model, or its probabilities are not valid.</exception>
    public LoadedModel Read(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var model = CheckpointFolder.IsOnnx(path)
            ? LoadedModel.Of(name, OnnxModel.Read(path), onnx)
            : LoadedModel.Of(name, CheckpointReader.Read(path), engine);
        model.Run(new float[model.SequenceLength * model.Network.Inputs]);
        return model;
    }

    /// <summary>Reads what a file is, without running it.</summary>
    /// <exception cref="CheckpointException">The file is not a model.</exception>
    public static ModelFacts Facts(string path)
    {
        if (CheckpointFolder.IsOnnx(path))
        {
            var model = OnnxModel.Read(path);
            return new(model.Digest, model.Metadata);
        }

        var checkpoint = CheckpointReader.Read(path);
        return new(checkpoint.Digest, checkpoint.Metadata);
    }
}
