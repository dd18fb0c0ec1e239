namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>Makes networks of a checkpoint's weights.</summary>
public interface IEngine
{
    /// <summary>Its name in settings.</summary>
    string Name { get; }

    /// <summary>A network that computes with these weights.</summary>
    /// <exception cref="ArgumentException">The weights' sizes do not fit each other.</exception>
    ICryptoLstm Create(CryptoLstmWeights weights);
}

/// <summary>The kernels of this project; uses the fastest one for this CPU.</summary>
public sealed class ManagedEngine : IEngine
{
    /// <summary>Its name in settings.</summary>
    public const string EngineName = "managed";

    /// <inheritdoc/>
    public string Name => EngineName;

    /// <inheritdoc/>
    public ICryptoLstm Create(CryptoLstmWeights weights) => CryptoLstm.Create(weights);
}
