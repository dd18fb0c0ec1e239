namespace Coinsphere.Messaging.Forecasting.Numerics;

/// <summary>Ordinary least squares over rows that are added one by one, by the normal equations: for a few inputs of similar size.</summary>
/// <param name="inputs">Inputs of a row.</param>
internal sealed class LeastSquares(int inputs)
{
    private readonly double[,] _products = new double[inputs, inputs + 1];

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <param name="row">[inputs]</param>
    /// <param name="output">What the inputs should give.</param>
    public void Add(ReadOnlySpan<double> row, double output)
    {
        for (var i = 0; i < inputs; i++)
        {
            for (var j = 0; j < inputs; j++)
            {
                _products[i, j] += row[i] * row[j];
            }

            _products[i, inputs] += row[i] * output;
        }

        Count++;
    }

    /// <summary>The coefficients with the least squared error, [inputs]; null where the rows do not determine them.</summary>
    public double[]? Solve()
    {
        var m = (double[,])_products.Clone();
        for (var column = 0; column < inputs; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < inputs; row++)
            {
                pivot = Math.Abs(m[row, column]) > Math.Abs(m[pivot, column]) ? row : pivot;
            }

            if (Math.Abs(m[pivot, column]) <= 1e-12 * Count)
            {
                return null;
            }

            for (var j = 0; j <= inputs; j++)
            {
                (m[column, j], m[pivot, j]) = (m[pivot, j], m[column, j]);
            }

            for (var row = 0; row < inputs; row++)
            {
                var factor = row == column ? 0 : m[row, column] / m[column, column];
                for (var j = column; factor != 0 && j <= inputs; j++)
                {
                    m[row, j] -= factor * m[column, j];
                }
            }
        }

        return [.. Enumerable.Range(0, inputs).Select(i => m[i, inputs] / m[i, i])];
    }
}
