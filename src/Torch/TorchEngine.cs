using Coinsphere.Messaging.Forecasting.Lstm;
using TorchSharp;

namespace Coinsphere.Messaging.Torch;

/// <summary>PyTorch's library, by TorchSharp, over weights that this project's own reader has read: nothing in a checkpoint is executed.</summary>
public sealed class TorchEngine : IEngine
{
    /// <summary>Loads the native library, once per process.</summary>
    /// <exception cref="DllNotFoundException">It is missing or cannot be loaded; the message says in one line why, and what to do.</exception>
    public TorchEngine()
    {
        Natives.Load();
        torch.InitializeDeviceType(DeviceType.CPU);
    }

    /// <inheritdoc/>
    public string Name => "torch";

    /// <inheritdoc/>
    public ICryptoLstm Create(CryptoLstmWeights weights) => new TorchLstm(weights);
}
