"""The methods of inference weighed against one another and a long reference run, on the documents' own figures."""
