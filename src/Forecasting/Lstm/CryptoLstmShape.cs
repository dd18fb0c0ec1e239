namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>A model's sizes, and the one home of the checks that weights and arguments fit them.</summary>
internal sealed class CryptoLstmShape
{
    public CryptoLstmShape(CryptoLstmWeights weights)
    {
        if (weights.Layers.Count == 0)
        {
            throw new ArgumentException("The model has no LSTM layer, expected at least one.", nameof(weights));
        }

        Inputs = weights.Layers[0].Inputs;
        HiddenSizes = [.. weights.Layers.Select(l => l.Hidden)];
        TotalHidden = HiddenSizes.Sum();

        var width = Inputs;
        for (var i = 0; i < weights.Layers.Count; i++)
        {
            var layer = weights.Layers[i];
            var name = $"lstm{i + 1}";
            RequireAtLeastOne(layer.Inputs, $"{name} inputs");
            RequireAtLeastOne(layer.Hidden, $"{name} hidden units");
            Require(layer.Inputs, width, $"{name} inputs");
            Require(layer.InputWeights.Length, 4 * layer.Hidden * layer.Inputs, $"{name} weight_ih values");
            Require(layer.RecurrentWeights.Length, 4 * layer.Hidden * layer.Hidden, $"{name} weight_hh values");
            Require(layer.InputBias.Length, 4 * layer.Hidden, $"{name} bias_ih values");
            Require(layer.RecurrentBias.Length, 4 * layer.Hidden, $"{name} bias_hh values");
            width = layer.Hidden;
        }

        RequireLinear(weights.Fc1, width, "fc1");
        RequireLinear(weights.Fc2, weights.Fc1.Outputs, "fc2");
        Require(weights.Fc2.Outputs, Classes.Count, "fc2 outputs");
    }

    public int Inputs { get; }

    public IReadOnlyList<int> HiddenSizes { get; }

    public int TotalHidden { get; }

    /// <summary>Checks the arguments of <see cref="ICryptoLstm.Forward"/>.</summary>
    /// <returns>The window's number of time steps.</returns>
    public int CheckArguments(ReadOnlySpan<float> window, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> lastHidden)
    {
        if (window.IsEmpty || window.Length % Inputs != 0)
        {
            throw new ArgumentException($"The window has {window.Length} values, expected a positive multiple of {Inputs}.", nameof(window));
        }

        if (probabilities.Length != Classes.Count)
        {
            throw new ArgumentException($"There is room for {probabilities.Length} probabilities, expected {Classes.Count}.", nameof(probabilities));
        }

        if (!lastHidden.IsEmpty && lastHidden.Length != TotalHidden)
        {
            throw new ArgumentException($"There is room for {lastHidden.Length} hidden units, expected {TotalHidden} or none.", nameof(lastHidden));
        }

        return window.Length / Inputs;
    }

    /// <summary>Checks the arguments of <see cref="INetwork.ForwardMany"/> as far as they fit each other.</summary>
    /// <returns>The values of a window.</returns>
    public static int CheckMany(ReadOnlySpan<float> windows, int count, ReadOnlySpan<float> probabilities)
    {
        if (count < 0 || (count == 0 ? !windows.IsEmpty : windows.IsEmpty || windows.Length % count != 0))
        {
            throw new ArgumentException($"There are {windows.Length} values, expected a multiple of {count} windows.", nameof(windows));
        }

        if (probabilities.Length != count * Classes.Count)
        {
            throw new ArgumentException($"There is room for {probabilities.Length} probabilities, expected {count * Classes.Count}.", nameof(probabilities));
        }

        return count == 0 ? 0 : windows.Length / count;
    }

    private static void RequireLinear(LinearWeights linear, int inputs, string name)
    {
        RequireAtLeastOne(linear.Outputs, $"{name} outputs");
        Require(linear.Inputs, inputs, $"{name} inputs");
        Require(linear.Weights.Length, linear.Outputs * linear.Inputs, $"{name} weight values");
        Require(linear.Bias.Length, linear.Outputs, $"{name} bias values");
    }

    private static void RequireAtLeastOne(int actual, string what)
    {
        if (actual < 1)
        {
            throw new ArgumentException($"The model has {actual} {what}, expected at least 1.");
        }
    }

    private static void Require(int actual, int expected, string what)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"The model has {actual} {what}, expected {expected}.");
        }
    }
}
