using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>fc1, ReLU, fc2 and cross-entropy of one window: a thousandth of the work, so plain code serves every width.</summary>
/// <param name="inputs">Hidden units of the last layer.</param>
/// <param name="middle">Width of fc1.</param>
internal sealed class TrainedHead(int inputs, int middle)
{
    private readonly float[] _relu = new float[middle];
    private readonly float[] _reluGradient = new float[middle];

    public int ParameterCount { get; } = (middle * (inputs + 1)) + (Classes.Count * (middle + 1));

    private int Fc1Bias => middle * inputs;

    private int Fc2 => Fc1Bias + middle;

    private int Fc2Bias => Fc2 + (Classes.Count * middle);

    /// <param name="parameters">fc1.weight, fc1.bias, fc2.weight, fc2.bias.</param>
    /// <param name="hidden">[inputs]</param>
    /// <param name="logits">Receives [3].</param>
    public void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> hidden, Span<float> logits)
    {
        for (var row = 0; row < middle; row++)
        {
            var sum = parameters[Fc1Bias + row];
            for (var column = 0; column < inputs; column++)
            {
                sum += parameters[(row * inputs) + column] * hidden[column];
            }

            _relu[row] = MathF.Max(sum, 0);
        }

        for (var row = 0; row < Classes.Count; row++)
        {
            var sum = parameters[Fc2Bias + row];
            for (var column = 0; column < middle; column++)
            {
                sum += parameters[Fc2 + (row * middle) + column] * _relu[column];
            }

            logits[row] = sum;
        }
    }

    /// <summary>After <see cref="Forward"/> of the same window: adds the parameters' gradients, and gives that of the hidden units.</summary>
    public void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> hidden, ReadOnlySpan<float> logitGradient, Span<float> gradients, Span<float> hiddenGradient)
    {
        Array.Clear(_reluGradient);
        for (var row = 0; row < Classes.Count; row++)
        {
            gradients[Fc2Bias + row] += logitGradient[row];
            for (var column = 0; column < middle; column++)
            {
                gradients[Fc2 + (row * middle) + column] += logitGradient[row] * _relu[column];
                _reluGradient[column] += logitGradient[row] * parameters[Fc2 + (row * middle) + column];
            }
        }

        hiddenGradient.Clear();
        for (var row = 0; row < middle; row++)
        {
            if (_relu[row] <= 0)
            {
                continue;
            }

            var gradient = _reluGradient[row];
            gradients[Fc1Bias + row] += gradient;
            for (var column = 0; column < inputs; column++)
            {
                gradients[(row * inputs) + column] += gradient * hidden[column];
                hiddenGradient[column] += gradient * parameters[(row * inputs) + column];
            }
        }
    }
}
